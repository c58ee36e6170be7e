import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** For secrets of 160 bits or more: a slow hash would add nothing. */
export const sha256 = (text: string): Uint8Array =>
  // By way of a string: asked for on every request, and a third quicker than as a buffer.
  Buffer.from(hash('sha256', text, 'latin1'), 'latin1')

export const keyedHash = (key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer => {
  const mac = createHmac('sha256', key)
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    // Length first, so that ("ab","c") and ("a","bc") differ.
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    mac.update(length).update(bytes)
  }
  return mac.digest()
}

/** Compares digests of both, so neither content nor length shows in the time taken. */
export const sameText = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b))
