import { api } from '#web/lib/client.ts'

/** Of one's own account: whether a recovery is under way. */
export const recoveryQuery = api.recovery.read.query()
