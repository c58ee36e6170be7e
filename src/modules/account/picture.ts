import { availableParallelism } from 'node:os'
import { Refusal } from '@latchkey/kit'
import { Semaphore } from '#platform/crypto/semaphore.ts'
import { refusals as platformRefusals } from '#platform/refusals.ts'
import { refusals } from './contract.ts'

const side = 512
/** 50 million pixels: any camera's picture fits, a bomb of 20,000 × 20,000 does not. */
const pixelsMax = 50_000_000
const withinSeconds = 10

/** Decoding takes memory in proportion to the pixels, so the limit holds for all senders together. */
const decoding = new Semaphore({ atOnce: Math.max(1, availableParallelism() - 1), waitingMax: 8 })

export type Crop = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const starts = (bytes: Uint8Array, at: number, text: string): boolean =>
  Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text

/** Decided by content, before the decoder sees it: SVG, PDF and the decoder's other formats are refused. */
const looksAccepted = (bytes: Uint8Array): boolean =>
  starts(bytes, 0, '\u00ff\u00d8\u00ff') ||
  starts(bytes, 0, '\u0089PNG\r\n\u001a\n') ||
  starts(bytes, 0, 'GIF8') ||
  (starts(bytes, 0, 'RIFF') && starts(bytes, 8, 'WEBP'))

const box = (crop: Crop, width: number, height: number) => {
  const left = Math.min(Math.floor(crop.left * width), width - 1)
  const top = Math.min(Math.floor(crop.top * height), height - 1)
  return {
    left,
    top,
    width: Math.max(1, Math.min(Math.round(crop.width * width), width - left)),
    height: Math.max(1, Math.min(Math.round(crop.height * height), height - top)),
  }
}

const convert = async (bytes: Uint8Array, crop: Crop | null): Promise<Buffer> => {
  // Loaded with the first picture: its native library takes 15 MB that most processes never need.
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  const options = {
    limitInputPixels: pixelsMax,
    failOn: 'error',
    pages: 1,
    sequentialRead: false,
  } as const
  const upright = sharp(bytes, options).autoOrient()
  const { autoOrient } = await sharp(bytes, options).metadata()
  const framed = crop ? upright.extract(box(crop, autoOrient.width, autoOrient.height)) : upright
  return framed
    .resize(side, side, { fit: 'cover' })
    .webp({ quality: 82 })
    .timeout({ seconds: withinSeconds })
    .toBuffer()
}

/** Makes a new square WebP from the pixels, so that metadata, trailing data and attacks hidden in the file are dropped. */
export const remakePicture = async (bytes: Uint8Array, crop: Crop | null): Promise<Buffer> => {
  if (!looksAccepted(bytes)) throw new Refusal(refusals.picture_unreadable)
  return decoding.run(
    async () => {
      try {
        return await convert(bytes, crop)
      } catch {
        // Broken, too many pixels, or too slow to decode: the sender gets the same refusal for each.
        throw new Refusal(refusals.picture_unreadable)
      }
    },
    () => new Refusal(platformRefusals.busy, { retryAfterSeconds: 5 }),
  )
}
