/** The server takes as much; a larger file is not even opened. */
export const keyFileBytesMax = 64 * 1024

const privateSigns = [
  /-{3,5}\s*(?:BEGIN|END)[^-\r\n]{0,60}PRIVATE\s+KEY/i,
  /PuTTY-User-Key-File-\d|Private-(?:Lines|MAC|Hash)\s*:|SSH PRIVATE KEY FILE FORMAT/i,
  // The base64 of "openssh-key-v1".
  /b3BlbnNzaC1rZXktdjE/,
  /"kty"[\s\S]{0,2000}"d"\s*:|"d"\s*:[\s\S]{0,2000}"kty"/,
]

/** The DER of a private key: a SEQUENCE that begins with the INTEGER 0 or 1. */
const startsPrivateBody = (word: string): boolean => {
  if (!/^M[A-Za-z0-9+/]{39,}={0,2}$/.test(word)) return false
  const der = Array.from(atob(word.slice(0, 40)), (character) => character.charCodeAt(0))
  const [, length = 0] = der
  const at = length < 0x80 ? 2 : 2 + (length & 0x7f)
  return der[at] === 2 && der[at + 1] === 1 && (der[at + 2] ?? 2) <= 1
}

/** The server's first look as well, taken here so that a private key does not even leave the page. */
export const holdsPrivateKey = (text: string): boolean =>
  privateSigns.some((sign) => sign.test(text)) || text.split(/\s+/).some(startsPrivateBody)

/** PowerShell writes files in UTF-16 and says so in their first two bytes. */
export const readKeyFile = async (file: File): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes).trim()
}
