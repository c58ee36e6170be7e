export { completeSignIn } from './completing.ts'
export { prepareSetup } from './setup.ts'
export { endPendingOf } from './store.ts'
export { ways } from './ways.ts'
