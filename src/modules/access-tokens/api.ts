export { endTokens } from './end-tokens.ts'
export { ownerOfToken, revokeLeakedToken } from './leaked-token.ts'
