/** Counted apart from sign-up links: an attacker who requests those must not use up the mails of an invitation. */
export const invitationKind = 'invitation'
