/** SEQUENCE { INTEGER 0 or 1, …: how PKCS #1, PKCS #8 and SEC 1 begin a private key. A public one begins with a SEQUENCE. */
const startsPrivateDer = (der: Buffer): boolean => {
  if (der[0] !== 0x30) return false
  const length = der[1] ?? 0
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f)
  return der[at] === 2 && der[at + 1] === 1 && (der[at + 2] ?? 2) <= 1
}

/** The body of a key file, or its first line, without the line that would say what it is. */
const startsPrivateBody = (word: string): boolean => {
  if (word.length < 40 || !/^[A-Za-z0-9+/]+={0,2}$/.test(word)) return false
  return startsPrivateDer(Buffer.from(word.slice(0, 40), 'base64'))
}

const openings = [
  // OpenSSH, PKCS #1, PKCS #8, SEC 1, encrypted or not; and SSH2 of Tectia with its four dashes.
  /-{3,5}\s*(?:BEGIN|END)[^-\r\n]{0,60}PRIVATE\s+KEY/i,
  /PuTTY-User-Key-File-\d/i,
  /Private-(?:Lines|MAC|Hash)\s*:/i,
  /SSH PRIVATE KEY FILE FORMAT/i,
  // The base64 of "openssh-key-v1", wherever it stands.
  /b3BlbnNzaC1rZXktdjE/,
]

/** A JSON Web Key with its private member (RFC 7518 §6.2.2, RFC 8037 §2). */
const isPrivateJwk = (text: string): boolean => /"kty"\s*:/.test(text) && /"d"\s*:/.test(text)

/**
 * True when the text contains a private key in any form. Checked first and for every input, so that the message does not
 * depend on its other faults. A private key that this overlooks is still refused, as it is no public key.
 */
export const holdsPrivateKey = (text: string): boolean =>
  openings.some((opening) => opening.test(text)) ||
  isPrivateJwk(text) ||
  text.split(/\s+/).some(startsPrivateBody)
