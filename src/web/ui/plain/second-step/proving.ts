import type { ReactNode } from 'react'
import type { PasskeyOptions } from '#web/lib/passkey.ts'

/** What the browser needs for a method, as the server sends it. */
export type Challenge = { readonly challenge: Readonly<Record<string, unknown>> }
/** `leaving`: the page goes away, so the button keeps its progress. */
export type Proved = 'leaving' | undefined

/** How a second step is answered; the page that shows it knows where to. */
export type Proving = {
  /** Throws `Problem`. */
  readonly prove: (method: string, proof: string) => Promise<Proved>
  readonly challenge: (method: string) => Promise<Challenge>
  /** Code of the refusal of a wrong proof; every other one is shown above. */
  readonly wrongCode: string
  readonly wrongText: (method: Method) => string
  readonly submitLabel: string
  /** Whose password is asked for, for password managers. */
  readonly email: string
  /** Beside the button that acts, where there is no other way out. */
  readonly wayOut?: ReactNode
}

/** What these pages have a form for; anything else a server offers is left out. */
const methodsKnown = ['passkey', 'totp', 'recovery-code', 'password'] as const
export type Method = (typeof methodsKnown)[number]

/** In the server's order: strongest first. */
export const knownOf = (offered: readonly string[]): readonly Method[] =>
  offered.flatMap((method) => methodsKnown.find((known) => known === method) ?? [])

type PasskeyChallenge = { readonly ceremonyId: string; readonly options: PasskeyOptions }

export const passkeyChallengeOf = ({ challenge }: Challenge) =>
  challenge as unknown as PasskeyChallenge
