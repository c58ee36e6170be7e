import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sha256 } from '#platform/crypto/digest.ts'

/** Bytes of each digest in the list. With 100,000 entries, an unlisted password matches once in three billion. */
const digestBytes = 6

let list: Buffer | null = null

/** The 100,000 most common passwords of eight characters and more, as sorted digests: 600 kB, searched in 17 steps. */
const open = (): Buffer => {
  list ??= readFileSync(fileURLToPath(new URL('./data/common-passwords.bin', import.meta.url)))
  return list
}

/** Compared without regard to case: an attacker tries both. */
const commonDigest = (password: string): Buffer =>
  Buffer.from(sha256(password.normalize('NFC').toLowerCase())).subarray(0, digestBytes)

export const isCommonPassword = (password: string): boolean => {
  const sorted = open()
  const wanted = commonDigest(password)
  let [low, high] = [0, sorted.length / digestBytes - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const order = wanted.compare(sorted, middle * digestBytes, (middle + 1) * digestBytes)
    if (order === 0) return true
    if (order > 0) low = middle + 1
    else high = middle - 1
  }
  return false
}
