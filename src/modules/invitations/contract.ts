/** `people` makes invitations and `sign-in` uses them: this module keeps what both have to know. */
export const operations = {}
