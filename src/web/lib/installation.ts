import { useEffect, useState } from 'react'
import { type AnswerOf, api, asProblem, type Problem } from './client.ts'
import type { Contracts } from './contracts.ts'

export type Installation = AnswerOf<Contracts['signIn']['operations']['status']>

let asked: Promise<Installation> | null = null
let known: Installation | null = null

/** Set up or not, who may sign up, signed in or not: asked once per page load. */
export const askInstallation = (): Promise<Installation> => {
  asked ??= api.signIn.status().then((installation) => {
    known = installation
    return installation
  })
  return asked
}

type State = { readonly installation: Installation | null; readonly problem: Problem | null }

export const useInstallation = (): State & { readonly retry: () => void } => {
  const [state, setState] = useState<State>(() => ({ installation: known, problem: null }))
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is what asks again.
  useEffect(() => {
    let isCurrent = true
    askInstallation().then(
      (installation) => isCurrent && setState({ installation, problem: null }),
      (error: unknown) => isCurrent && setState({ installation: null, problem: asProblem(error) }),
    )
    return () => {
      isCurrent = false
    }
  }, [attempt])
  const retry = () => {
    asked = null
    known = null
    setState({ installation: null, problem: null })
    setAttempt((count) => count + 1)
  }
  return { ...state, retry }
}
