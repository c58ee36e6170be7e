import { createHash } from 'node:crypto'

const withinMs = 1000
const answerBytesMax = 256 * 1024

/**
 * Pwned Passwords range protocol: five characters of SHA-1 go out, hundreds of suffixes come back, and the
 * comparison happens here. SHA-1 is the protocol's choice, not protection of anything (ASVS 5.0 11.4.1 exception).
 * Null: the service could not be asked; the caller goes on with the local list.
 */
export const isBreached = async (password: string, serviceUrl: string): Promise<boolean | null> => {
  const digest = createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase()
  try {
    const response = await fetch(new URL(digest.slice(0, 5), serviceUrl), {
      // Padding: so that the length of the answer tells an observer nothing.
      headers: { 'add-padding': 'true' },
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
    })
    if (!response.ok) return null
    const text = (await response.text()).slice(0, answerBytesMax)
    return text.split('\n').some((line) => {
      const [suffix, count] = line.trim().split(':')
      return suffix === digest.slice(5) && Number(count) > 0
    })
  } catch {
    return null
  }
}
