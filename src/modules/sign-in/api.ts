export { prepareSetup } from './setup.ts'
