export { endKeys } from './end-keys.ts'
export { ownerOfKey, revokeLeakedKey } from './leaked-key.ts'
