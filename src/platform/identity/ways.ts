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
