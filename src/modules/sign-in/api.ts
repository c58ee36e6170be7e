export { completeSignIn } from './completing.ts'
export { requireConfirmed } from './confirm.ts'
export { prepareSetup } from './setup.ts'
export { ways } from './ways.ts'
