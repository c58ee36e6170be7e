/** X.690 §8.3 and §10: a positive integer has one spelling, without a sign bit and without a needless zero in front. */
const isInteger = (bytes: Uint8Array): boolean => {
  const [first = 0x80, second = 0x80] = bytes
  return first < 0x80 && (first !== 0 || second >= 0x80)
}

/**
 * True for two integers in their only DER encoding, as an ECDSA signature must be (WebAuthn §6.5.5). The library also
 * accepts other encodings, so that one signature could be sent in several forms.
 */
export const isDerSignature = (bytes: Uint8Array): boolean => {
  const rEnd = 4 + (bytes[3] ?? 0)
  const sStart = rEnd + 2
  const isFramed =
    bytes[0] === 0x30 &&
    bytes[1] === bytes.length - 2 &&
    bytes[2] === 0x02 &&
    bytes[rEnd] === 0x02 &&
    bytes[rEnd + 1] === bytes.length - sStart
  return isFramed && isInteger(bytes.subarray(4, rEnd)) && isInteger(bytes.subarray(sStart))
}
