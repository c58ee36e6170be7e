import { methods as outsideMethods } from 'virtual:modules/methods'
import type { ReactNode } from 'react'
import type { PasskeyOptions } from '#web/lib/passkey.ts'
import { say, useTexts } from '#web/lib/texts.ts'

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

/** What these pages have a form of its own for. A module from outside adds proofs that are typed; anything else is left out. */
const methodsKnown: readonly string[] = ['passkey', 'totp', 'recovery-code', 'password']
/** Id of a method, as the server names it. */
export type Method = string

/** In the server's order: strongest first. */
export const knownOf = (offered: readonly string[]): readonly Method[] =>
  offered.filter((method) => methodsKnown.includes(method) || method in outsideMethods)

type Word = 'choose' | 'intro' | 'label' | 'hint' | 'wrong'

/** What belongs to a method: from the shell's texts, or as `methods.<id>` from those of the module that adds it. */
export const useMethodWords = (method: Method): ((word: Word) => string) => {
  const module = outsideMethods[method]
  useTexts(module ?? 'web')
  return (word) =>
    module === undefined
      ? say<string>('web', `secondStep.${method}.${word}`)
      : say<string>(module, `methods.${method}.${word}`)
}

type PasskeyChallenge = { readonly ceremonyId: string; readonly options: PasskeyOptions }

export const passkeyChallengeOf = ({ challenge }: Challenge) =>
  challenge as unknown as PasskeyChallenge
