import { useEffect } from 'react'
import type { Problem } from './problem.ts'
import { hasText, loadTexts, say, useTexts } from './texts.ts'

const keyOf = (code: string) => `problems.${code.replaceAll('.', '_')}`
const moduleOf = (code: string) => code.split('.')[0] ?? ''

/** What a refusal says in the language of the page; the server's English title where there is no translation. */
export const problemText = (problem: Problem): string => {
  const key = keyOf(problem.code)
  const namespace = [moduleOf(problem.code), 'web'].find((candidate) => hasText(candidate, key))
  return namespace === undefined
    ? problem.message
    : say<string>(namespace, key, { detail: problem.detail ?? '' })
}

const secondsPerMinute = 60

/** "2 minutes", for how long to wait after a limit. Rounded up: too early would be refused again. */
export const waitText = (seconds: number): string =>
  seconds < 2 * secondsPerMinute
    ? say('web', 'wait.seconds', { count: Math.max(1, Math.ceil(seconds)) })
    : say('web', 'wait.minutes', { count: Math.ceil(seconds / secondsPerMinute) })

/** `problemText` that follows the language and fetches the texts of the module that refused; null for no problem. */
export const useProblemText = (problem: Problem | null): string | null => {
  useTexts('web')
  const module = problem ? moduleOf(problem.code) : null
  useEffect(() => {
    if (module && module !== 'web') loadTexts([module]).catch(() => {})
  }, [module])
  if (!problem) return null
  const wait = problem.retryAfterSeconds
  return wait === undefined
    ? problemText(problem)
    : `${problemText(problem)} ${say('web', 'wait.tryAgain', { wait: waitText(wait) })}`
}
