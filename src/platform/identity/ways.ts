import type { Actor, Context, Way } from '@latchkey/kit'

/** What this person has, strongest first. */
export const openWays = async (
  ways: readonly Way[],
  ctx: Context<Actor>,
  userId: string,
): Promise<readonly Way[]> => {
  const found = await Promise.all(
    ways.map(async (way) => ((await way.available(ctx, userId)) ? way : null)),
  )
  return found.filter((way) => way !== null).sort((a, b) => b.strength - a.strength)
}

export const hasSecondFactor = (open: readonly Way[]): boolean =>
  open.some((way) => way.isSecondFactor)

/** An account with a second factor is confirmed by it, or by what was issued to replace it; a password would be a step down. */
export const confirmingWays = (open: readonly Way[]): readonly Way[] =>
  hasSecondFactor(open) ? open.filter((way) => way.isSecondFactor || way.isSpare) : open

/** Can this person still come in? With what opens the account alone, or with what begins a sign-in that another way ends. */
export const wayInExists = async (
  ways: readonly Way[],
  ctx: Context<Actor>,
  userId: string,
): Promise<boolean> => {
  const open = await openWays(ways, ctx, userId)
  for (const way of ways) {
    const entry = await way.entry?.(ctx, userId)
    const another = open.some((one) => one.method !== way.method)
    if (entry === 'alone' || (entry === 'with another' && another)) return true
  }
  return false
}
