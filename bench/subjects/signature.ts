import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'

/** How many signatures of a passkey (ES256, as most make them) this machine can check in a second on one core. */
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const clientData = randomBytes(200)
const authenticatorData = randomBytes(37)
const signed = (): Buffer =>
  Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()])
const signature = sign('sha256', signed(), privateKey)

const measure = (seconds: number): number => {
  const since = performance.now()
  const until = since + seconds * 1000
  let done = 0
  while (performance.now() < until) {
    if (!verify('sha256', signed(), publicKey, signature))
      throw new Error('a good signature failed')
    done += 1
  }
  return done / ((performance.now() - since) / 1000)
}

measure(0.3)
process.stdout.write(`${measure(Number(process.argv[2]))}\n`)
