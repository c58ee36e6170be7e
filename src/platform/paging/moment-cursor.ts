export type { MomentCursor } from '@latchkey/kit/server'
export { readMomentCursor, writeMomentCursor } from '@latchkey/kit/server'
