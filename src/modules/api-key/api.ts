export { ownerOfKey, revokeLeakedKey } from './leaking.ts'
export { endKeys } from './recovering.ts'
