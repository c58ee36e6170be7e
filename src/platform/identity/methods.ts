import type { Actor, AuthMethod, Context } from '@latchkey/kit'

/** A proven authentication method, as sessions and pending sign-ins record it. */
export type Proof = {
  /** Id of the method. */
  readonly method: string
  readonly isSecondFactor: boolean
  readonly isSpare?: boolean
  /** A passkey that verified the user for the first time: it counts as verifying only together with another factor. */
  readonly raises?: string
}

export const proofBy = ({ id, isSecondFactor, isSpare = false }: AuthMethod): Proof => ({
  method: id,
  isSecondFactor,
  isSpare,
})

/** True when more than the password was proven. */
export const isStrong = (proofs: readonly Proof[]): boolean =>
  proofs.some((proof) => proof.isSecondFactor || proof.isSpare)

/** The methods this user has, strongest first. */
export const availableMethods = async (
  ctx: Context<Actor>,
  userId: string,
): Promise<readonly AuthMethod[]> => {
  const found = await Promise.all(
    ctx.catalogue.methods.map(async (authMethod) =>
      (await authMethod.available(ctx, userId)) ? authMethod : null,
    ),
  )
  return found.filter((authMethod) => authMethod !== null).sort((a, b) => b.strength - a.strength)
}

export const hasSecondFactor = (open: readonly AuthMethod[]): boolean =>
  open.some((authMethod) => authMethod.isSecondFactor)

/** An account with a second factor is confirmed by it or by its recovery codes; a password would be a step down. */
export const confirmingMethods = (open: readonly AuthMethod[]): readonly AuthMethod[] =>
  hasSecondFactor(open)
    ? open.filter((authMethod) => authMethod.isSecondFactor || authMethod.isSpare)
    : open

/** True when the user can still sign in: one method opens the account alone, or begins a sign-in that another completes. */
export const wayInExists = async (ctx: Context<Actor>, userId: string): Promise<boolean> => {
  const open = await availableMethods(ctx, userId)
  for (const authMethod of ctx.catalogue.methods) {
    const entry = await authMethod.entry?.(ctx, userId)
    const another = open.some((one) => one.id !== authMethod.id)
    if (entry === 'alone' || (entry === 'with another' && another)) return true
  }
  return false
}

/** The methods that may complete a sign-in: never of the kind already proven. */
export const remainingMethods = (
  open: readonly AuthMethod[],
  proofs: readonly Proof[],
): readonly AuthMethod[] => {
  const given = new Set(proofs.map((proof) => proof.method))
  return confirmingMethods(open).filter((authMethod) => !given.has(authMethod.id))
}

/** Whether a second step is asked for at all. */
export const isTwoFactorOn = async (ctx: Context<Actor>, userId: string): Promise<boolean> =>
  hasSecondFactor(await availableMethods(ctx, userId))

/** Whether a method is there that is no second factor yet and may become one: a sign-in can begin with it already. */
export const hasDormantFactor = async (ctx: Context<Actor>, userId: string): Promise<boolean> => {
  for (const { isSecondFactor, entry } of ctx.catalogue.methods)
    if (isSecondFactor && (await entry?.(ctx, userId))) return true
  return false
}
