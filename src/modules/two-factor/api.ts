export { dropCodes, hasCodes, prepareCodes, saveCodes } from './recovery-codes.ts'
export { hasAuthenticator } from './store.ts'
export { twoFactorDisabled, twoFactorEnabled } from './events.ts'
export { authenticatorWay, recoveryCodeWay } from './way.ts'
