import { argon2, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

/** How many passwords this machine can hash in a second at the product's cost, when it does nothing else. */
const argon2Async = promisify(argon2)
const message = Buffer.from('violet-kettle-93-harbour')
const secret = randomBytes(32)

const hashOne = (): Promise<Buffer> =>
  argon2Async('argon2id', {
    message,
    nonce: randomBytes(16),
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
    secret,
  })

const measure = async (seconds: number): Promise<number> => {
  const since = performance.now()
  const until = since + seconds * 1000
  let done = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      await hashOne()
      done += 1
    }
  }
  // As many at once as the product allows itself.
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker))
  return done / ((performance.now() - since) / 1000)
}

await hashOne()
process.stdout.write(`${await measure(Number(process.argv[2]))}\n`)
