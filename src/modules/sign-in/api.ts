export { completeSignIn } from './completing.ts'
export { prepareSetup } from './setup.ts'
export { ways } from './ways.ts'
