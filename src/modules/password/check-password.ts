import type { Context } from '@latchkey/kit'
import { hashPassword, verifyPassword } from '#platform/crypto/password-hash.ts'
import { findPassword, replacePassword } from './store.ts'

/**
 * Checks the person's password; for `null`, a person who does not exist, it does the same work and returns false.
 * A right password whose hash has become too cheap is rehashed. Takes about 50 ms.
 */
export const checkPassword = async (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'config' | 'now'>,
  userId: string | null,
  password: string,
): Promise<boolean> => {
  const stored = userId === null ? null : await findPassword(ctx.db, userId)
  const { right, outdated } = await verifyPassword(ctx, stored, password)
  if (right && outdated && stored && userId !== null) {
    const next = await hashPassword(ctx, password)
    await replacePassword(ctx.db, { userId, checked: stored, next, at: ctx.now() })
  }
  return right
}
