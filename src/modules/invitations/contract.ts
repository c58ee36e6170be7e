/** Operators ask for invitations in `people`, the invited use them in `sign-in`: this module keeps what both have to know. */
export const operations = {}
