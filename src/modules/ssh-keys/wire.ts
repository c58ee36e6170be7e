/** The data types of RFC 4251 §5, read strictly: one value has one encoding here, and nothing may be left over. */

export class WireFault extends Error {}

export type Reader = {
  /** `string`: a length in four bytes, then as many bytes. */
  readonly bytes: () => Buffer
  readonly text: () => string
  /** `mpint`, positive and without a byte too many; its magnitude. */
  readonly positive: () => Buffer
  readonly end: () => void
}

const lengthBytes = 4
const printable = /^[\x21-\x7e]*$/

export const readWire = (blob: Buffer): Reader => {
  let at = 0
  const bytes = (): Buffer => {
    if (blob.length - at < lengthBytes) throw new WireFault('ends within a length')
    const start = at + lengthBytes
    const length = blob.readUInt32BE(at)
    if (length > blob.length - start) throw new WireFault('is shorter than a length says')
    at = start + length
    return blob.subarray(start, at)
  }
  return {
    bytes,
    text: () => {
      const text = bytes().toString('latin1')
      if (!printable.test(text)) throw new WireFault('holds a name that cannot be printed')
      return text
    },
    positive: () => {
      const number = bytes()
      const [first = 0x80, second = 0] = number
      // A leading zero is there to keep the sign, and only then.
      if (first >= 0x80 || (first === 0 && second < 0x80))
        throw new WireFault('holds a number that is not positive, or padded')
      return first === 0 ? number.subarray(1) : number
    },
    end: () => {
      if (at !== blob.length) throw new WireFault('goes on after its end')
    },
  }
}

export const writeString = (value: Buffer | string): Buffer => {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export const writePositive = (magnitude: Buffer): Buffer =>
  writeString((magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude)
