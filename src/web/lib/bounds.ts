/*
 * The bounds of the contracts, in characters: a page says them before the server has to.
 */

/** Of every name a user gives: to themselves, an organisation, a key. */
export const nameMax = 100
export const emailMax = 254
export const passwordMax = 128
