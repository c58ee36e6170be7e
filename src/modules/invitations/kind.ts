/** Apart from the links of a sign-up: strangers who ask for those must not use up the mails of an invitation. */
export const invitationKind = 'invitation'
