/** Loaded when the first passkey is used: the library and its certificates take 20 MB that many processes never need. */
export const webauthn = () => import('@simplewebauthn/server')
export const webauthnHelpers = () => import('@simplewebauthn/server/helpers')
