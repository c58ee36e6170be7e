import { useEffect, useState } from 'react'
import { emailMax, nameMax, passwordMax } from '#web/lib/bounds.ts'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'

export type Assessment = AnswerOf<Contracts['password']['operations']['assess']>

const debounceMilliseconds = 250

type Typed = {
  readonly password: string
  readonly name: string
  readonly email: string
  /** Of the mailed link, where the page was opened with one. */
  readonly token?: string | undefined
}

/**
 * Asks how hard a password is to guess, after a pause in typing. The last judgement stays until the
 * next one is there, so nothing flickers; without an answer there is no meter, and no error either.
 */
export const useAssessment = ({ password, name, email, token }: Typed): Assessment | null => {
  const [assessment, setAssessment] = useState<Assessment | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    const ask = async () => {
      const input = {
        // What is cut can only make the judgement milder.
        password: password.slice(0, passwordMax),
        ...(name ? { name: name.slice(0, nameMax) } : {}),
        ...(email ? { email: email.slice(0, emailMax) } : {}),
        ...(token ? { token } : {}),
      }
      const answer = await api.password.assess(input, { signal: abort.signal }).catch(() => null)
      if (answer && !abort.signal.aborted) setAssessment(answer)
    }
    // The empty field is asked about at once: the answer says how long a password has to be.
    const timer = setTimeout(ask, password === '' ? 0 : debounceMilliseconds)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [password, name, email, token])
  return assessment
}
