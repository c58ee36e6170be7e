/** RFC 8032 §5.1: the curve of Ed25519. */
const p = 2n ** 255n - 19n

const power = (base: bigint, exponent: bigint): bigint => {
  let [result, square] = [1n, base % p]
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % p
    square = (square * square) % p
  }
  return result
}
const inverse = (value: bigint): bigint => power(value, p - 2n)
const mod = (value: bigint): bigint => ((value % p) + p) % p

const d = mod(-121665n * inverse(121666n))

/**
 * True for the only encoding of a point that can be a key. Decodes as in RFC 8032 §5.1.3; of x only the square is needed.
 * A point of small order is refused too: an attacker can make signatures for such a "key".
 */
export const isEd25519Key = (encoded: Buffer): boolean => {
  if (encoded.length !== 32) return false
  const number = BigInt(`0x${Buffer.from(encoded).reverse().toString('hex')}`)
  const y = number & ((1n << 255n) - 1n)
  if (y >= p) return false
  const ySquare = (y * y) % p
  const xSquare = mod((ySquare - 1n) * inverse(d * ySquare + 1n))
  // Order 1 or 2, 4, 8: there x = 0, y = 0, or doubling leads to y = 0, which is x² + y² = 0.
  if (xSquare === 0n || y === 0n || mod(xSquare + ySquare) === 0n) return false
  return power(xSquare, (p - 1n) / 2n) === 1n
}
