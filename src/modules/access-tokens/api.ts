export { ownerOfToken, revokeLeakedToken } from './leaking.ts'
export { endTokens } from './recovering.ts'
