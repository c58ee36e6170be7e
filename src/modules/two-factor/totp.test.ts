import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { URI } from 'otpauth'
import { base32, driftAfter, driftMax, otpUri, secretBytes, stepOf } from './totp.ts'

/** RFC 6238 appendix B, SHA-1: the 8 digits of the table end in the 6 an app shows. */
const vectors: readonly (readonly [number, string])[] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
]
const rfcSecret = Buffer.from('12345678901234567890')

/** Secrets that are the same in every run, so that a failure can be looked at. */
const secretOf = (name: string): Buffer => createHash('sha1').update(name).digest()

const hasOathtool = (): boolean => {
  try {
    execFileSync('oathtool', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const withoutOathtool = hasOathtool()
  ? false
  : 'oathtool is not installed: on Debian, apt-get install oathtool'

const oathtool = (secret: string, at: number): string =>
  execFileSync('oathtool', ['--totp', '--base32', `--now=@${Math.floor(at / 1000)}`, secret])
    .toString()
    .trim()

describe('codes of an authenticator app', () => {
  test('the vectors of RFC 6238 appendix B are accepted at their time', () => {
    for (const [seconds, digits] of vectors) {
      const step = Math.floor(seconds / 30)
      assert.equal(stepOf(rfcSecret, digits.slice(-6), seconds * 1000), step, digits)
    }
  })

  test('a code is accepted in its own step, in the one after and in the one before, and at no other time', () => {
    const [[seconds, digits]] = vectors as [(typeof vectors)[0]]
    const code = digits.slice(-6)
    const step = Math.floor(seconds / 30)
    const found = [-2, -1, 0, 1, 2, 3].map((away) =>
      stepOf(rfcSecret, code, (step + away) * 30_000),
    )
    assert.deepEqual(found, [null, step, step, step, null, null])
    assert.equal(stepOf(rfcSecret, code, (step + 2) * 30_000 - 1), step, 'to the last moment')
    assert.equal(stepOf(rfcSecret, code, (step - 1) * 30_000 - 1), null, 'not a moment earlier')
  })

  test('an app that is off by the same twice is expected there, and never further than five minutes away', () => {
    const now = 1_800_000_000_000
    const step = Math.floor(now / 30_000)
    let clock = { drift: 0, drift_seen: 0 }
    clock = driftAfter(clock, step + 1, now)
    assert.deepEqual(clock, { drift: 0, drift_seen: 1 })
    clock = driftAfter(clock, step + 1, now)
    assert.deepEqual(clock, { drift: 1, drift_seen: 0 })
    assert.deepEqual(driftAfter(clock, step + 1, now), { drift: 1, drift_seen: 0 })
    assert.equal(driftAfter({ drift: 0, drift_seen: 1 }, step - 1, now).drift, 0, 'once each')
    for (let use = 0; use < 60; use += 1) clock = driftAfter(clock, step + clock.drift + 1, now)
    assert.equal(clock.drift, driftMax)
  })

  test('what is no code of six digits is nobody’s', () => {
    for (const code of ['', '28708', '2870820', '94287082', '28708２', 'abcdef'])
      assert.equal(stepOf(rfcSecret, code, 59_000), null, code)
  })

  test('the secret has 160 bits, and the address an app scans says what the product checks', () => {
    const secret = secretOf('scan')
    assert.equal(secretBytes, secret.length)
    const uri = otpUri(secret, 'Acme & Söhne: Hafen', 'ada+x@example.com')
    const read = URI.parse(uri)
    assert.ok('period' in read)
    assert.deepEqual(
      [read.issuer, read.label, read.algorithm, read.digits, read.period, read.secret.base32],
      ['Acme & Söhne Hafen', 'ada+x@example.com', 'SHA1', 6, 30, base32(secret)],
    )
    assert.match(base32(secret), /^[A-Z2-7]{32}$/)
    const at = 1_800_000_000_000
    assert.notEqual(stepOf(secret, read.generate({ timestamp: at }), at), null)
  })

  test('codes of the independent oathtool are accepted', { skip: withoutOathtool }, () => {
    for (let run = 0; run < 12; run += 1) {
      const secret = secretOf(`oathtool ${run}`)
      const at = (1_700_000_000 + run * 86_413) * 1000
      const step = Math.floor(at / 30_000)
      assert.equal(stepOf(secret, oathtool(base32(secret), at), at), step)
      assert.equal(stepOf(secret, oathtool(base32(secret), at - 30_000), at), step - 1)
      assert.equal(stepOf(secret, oathtool(base32(secret), at + 30_000), at), step + 1)
      assert.equal(stepOf(secret, oathtool(base32(secret), at + 60_000), at), null)
      assert.equal(stepOf(secret, oathtool(base32(secret), at - 60_000), at), null)
    }
  })
})
