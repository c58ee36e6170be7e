import type { Problem } from '#web/lib/client.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { say } from '#web/lib/texts.ts'

const reasons = [
  ...['private_key', 'unreadable', 'damaged', 'several', 'options', 'certificate', 'other_format'],
  ...['dsa', 'rsa_short', 'type_unknown', 'already_yours', 'in_use'],
]

/** Refusals that speak of the key stand beside it. */
export const besideKey: Readonly<Record<string, 'publicKey' | 'expiresOn'>> = {
  ...Object.fromEntries(reasons.map((reason) => [`ssh-keys.${reason}`, 'publicKey' as const])),
  'ssh-keys.expiry_past': 'expiresOn',
}

/** As everywhere, and for a short key by how much: the server says it in its detail, and an operator may ask for more. */
export const keyProblemText = (problem: Problem): string => {
  const [bits, needed] = problem.detail?.match(/\d+/g) ?? []
  return problem.code === 'ssh-keys.rsa_short' && bits && needed
    ? say('ssh-keys', 'add.rsaShort', { bits, needed })
    : problemText(problem)
}
