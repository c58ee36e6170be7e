import { clientOf } from '@latchkey/web'
import type { operations } from '../contract.ts'

/** Typed by the contract; nothing of it is bundled. */
export const badges = clientOf<typeof operations>('badges')
