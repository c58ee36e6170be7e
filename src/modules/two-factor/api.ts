export { removeFactors } from './removing.ts'
