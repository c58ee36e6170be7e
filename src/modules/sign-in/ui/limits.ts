/** The bounds of the contract, said before the server has to. */
export const nameMax = 100
export const emailMax = 254
