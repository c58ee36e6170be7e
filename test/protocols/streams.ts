import { answer, defineModule, fileOutput, operation } from '@latchkey/kit'
import { z } from 'zod'

export const blobBytesMax = 1024 * 1024

const operations = {
  store: operation({
    name: 'blobs.store',
    summary: 'Store a blob',
    access: { permission: 'account.view', scope: 'any' },
    input: z.object({ name: z.string().max(40) }),
    output: z.object({ name: z.string(), bytes: z.int(), pieces: z.int() }),
    refusals: [],
    rest: 'PUT /blobs/{name}',
    upload: { types: ['application/octet-stream'], bytesMax: blobBytesMax, as: 'stream' },
  }),
  count: operation({
    name: 'blobs.count',
    summary: 'Count, as long as it is listened to',
    access: { permission: 'account.view', scope: 'any' },
    input: z.object({}),
    output: fileOutput('text/plain'),
    refusals: [],
    rest: 'GET /blobs',
  }),
}

/** What a test sees of the far side, and what it lets go on there. */
export type Stage = {
  /** Bytes of a blob that have arrived so far. */
  arrived: number
  isLeft: boolean
  readonly next: () => Promise<void>
}

export const streamsModule = (stage: Stage) =>
  defineModule({
    name: 'blobs',
    summary: 'Bodies that are never whole',
    operations: answer(operations, {
      store: async (_ctx, { name, content }) => {
        let [bytes, pieces] = [0, 0]
        for await (const piece of content) {
          bytes += piece.length
          pieces += 1
          stage.arrived = bytes
        }
        return { name, bytes, pieces }
      },
      count: async () => ({ type: 'text/plain', bytes: counting(stage) }),
    }),
  })

async function* counting(stage: Stage): AsyncGenerator<Uint8Array> {
  try {
    for (let at = 1; at <= 3; at += 1) {
      yield new TextEncoder().encode(`${at}\n`)
      await stage.next()
    }
  } finally {
    stage.isLeft = true
  }
}
