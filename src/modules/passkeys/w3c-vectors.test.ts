// long: every bit instead of one of each byte.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { long } from '#test/harness/long.ts'
import vectors from './data/w3c-vectors.json' with { type: 'json' }
import type { PasskeyRow } from './store.ts'
import { algorithms, verifyAssertion, verifyRegistration } from './verify.ts'
import { webauthn } from './webauthn.ts'

type Pair = (typeof vectors.pairs)['none-es256']
type Registration = Pair['registration']
type Authentication = Pair['authentication']

const pairs: Readonly<Record<string, Pair>> = vectors.pairs
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const url64 = (hex: string): string => bytes(hex).toString('base64url')
const expecting = (challenge: string) => ({
  challenge: url64(challenge),
  origins: [vectors.origin],
  rpId: vectors.rpId,
})
const shell = (credentialId: string) => ({
  id: url64(credentialId),
  rawId: url64(credentialId),
  type: 'public-key' as const,
  clientExtensionResults: {},
})

const registrationOf = (made: Registration) => ({
  ...shell(made.credentialId),
  response: {
    clientDataJSON: url64(made.clientDataJSON),
    attestationObject: url64(made.attestationObject),
  },
})

const register = (made: Registration) =>
  verifyRegistration(registrationOf(made), expecting(made.challenge))

/** The passkey as the product would keep it after this registration. */
const keep = async (made: Registration): Promise<PasskeyRow> => {
  const found = await register(made)
  assert.ok(found, 'the registration is accepted')
  return {
    id: 'pky_vector',
    user_id: 'usr_vector',
    credential_id: found.credential.id,
    public_key: found.credential.publicKey,
    counter: found.credential.counter,
    transports: '[]',
    rp_id: vectors.rpId,
    aaguid: found.aaguid,
    name: 'Vector',
    backup_eligible: found.credentialDeviceType === 'multiDevice' ? 1 : 0,
    backed_up: found.credentialBackedUp ? 1 : 0,
    created_at: 0,
    last_used_at: null,
    verified_at: null,
    suspected_at: null,
  }
}

const signIn = (row: PasskeyRow, made: Authentication, credentialId: string) => {
  const response = {
    clientDataJSON: url64(made.clientDataJSON),
    authenticatorData: url64(made.authenticatorData),
    signature: url64(made.signature),
  }
  return verifyAssertion(row, { ...shell(credentialId), response }, expecting(made.challenge))
}

const bitsOfByte = long(8, 1)

/** Each bit of each byte from `start` to `end`, one at a time; or one bit of each byte, every time another. */
const flips = (hex: string, [start, end] = [0, hex.length / 2]): readonly string[] =>
  Array.from({ length: (end - start) * bitsOfByte }, (_, index) => {
    const bit = bitsOfByte === 8 ? index : index * 8 + (index % 8)
    const changed = bytes(hex)
    const at = start + (bit >> 3)
    changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7))
    return changed.toString('hex')
  })

const rangeOf = (hex: string, part: Uint8Array | string): [number, number] => {
  const at = bytes(hex).indexOf(part)
  assert.ok(at >= 0, 'the part is there')
  return [at, at + Buffer.byteLength(part)]
}
const rpIdHash = createHash('sha256').update(vectors.rpId).digest()
const authDataRange = ({ attestationObject }: Registration): [number, number] => [
  rangeOf(attestationObject, rpIdHash)[0],
  attestationObject.length / 2,
]

const isSigned = (name: string): boolean => name.startsWith('packed')

/** The part of a registration that must not change: all of it when signed; else what binds it to us and to this moment. */
const changesOf = (name: string, made: Registration): readonly Registration[] => {
  const { attestationObject, clientDataJSON, challenge } = made
  const inObject = isSigned(name)
    ? [authDataRange(made), ...signatureRanges(attestationObject)]
    : [rangeOf(attestationObject, rpIdHash)]
  const bound = ['webauthn.create', url64(challenge), vectors.origin]
  const inClient = isSigned(name)
    ? [[0, clientDataJSON.length / 2] as [number, number]]
    : bound.map((text) => rangeOf(clientDataJSON, text))
  return [
    ...inObject.flatMap((range) =>
      flips(attestationObject, range).map((changed) => ({ ...made, attestationObject: changed })),
    ),
    ...inClient.flatMap((range) =>
      flips(clientDataJSON, range).map((changed) => ({ ...made, clientDataJSON: changed })),
    ),
  ]
}

/**
 * CBOR: the key "sig", then a byte string whose length stands in one byte or two. Of an ECDSA signature the two numbers in
 * it: their encoding is checked at sign-in, and not in an attestation statement, which we do not ask for.
 */
function signatureRanges(attestationObject: string): readonly [number, number][] {
  const object = bytes(attestationObject)
  const at = object.indexOf(Buffer.concat([Buffer.from([0x63]), Buffer.from('sig')])) + 4
  const isLong = object[at] === 0x59
  const start = at + (isLong ? 3 : 2)
  const length = isLong ? object.readUInt16BE(at + 1) : (object[at + 1] ?? 0)
  if (object[start] !== 0x30 || object[start + 1] !== length - 2) return [[start, start + length]]
  const [r, s] = [start + 4, start + 6 + (object[start + 3] ?? 0)]
  return [
    [r, s - 2],
    [s, start + length],
  ]
}

const accepted = [
  'none-es256',
  'packed-self-es256',
  'none-es256-long-credential-id',
  'packed-es256',
  'packed-rs256',
  'packed-eddsa',
]

/** The verifier's result for a registration, without the rules that are ours alone. */
const freely = async (made: Registration): Promise<string> => {
  try {
    const { verified } = await (await webauthn()).verifyRegistrationResponse({
      response: registrationOf(made) as unknown as RegistrationResponseJSON,
      expectedChallenge: url64(made.challenge),
      expectedOrigin: vectors.origin,
      expectedRPID: vectors.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...algorithms, -35, -36, -53],
    })
    return verified ? 'verified' : 'not verified'
  } catch (error) {
    return (error as Error).message
  }
}

describe('the test vectors of the W3C (WebAuthn Level 3, section “Test Vectors”, A48)', () => {
  for (const name of accepted) {
    const { registration, authentication } = pairs[name] as Pair
    test(`${name}: registered and signed in with, unchanged`, async () => {
      const row = await keep(registration)
      assert.equal(row.credential_id, url64(registration.credentialId))
      const verified = await signIn(row, authentication, registration.credentialId)
      const flags = bytes(authentication.authenticatorData)[32] ?? 0
      assert.deepEqual(verified, {
        counter: 0,
        userVerified: (flags & 0x04) !== 0,
        backedUp: (flags & 0x10) !== 0,
      })
    })

    test(`${name}: not with any single bit changed`, async () => {
      const row = await keep(registration)
      const changed = (['authenticatorData', 'clientDataJSON', 'signature'] as const).flatMap(
        (part) => flips(authentication[part]).map((hex) => ({ ...authentication, [part]: hex })),
      )
      for (const one of changed)
        assert.equal(await signIn(row, one, registration.credentialId), 'signature')
      for (const one of changesOf(name, registration)) assert.equal(await register(one), null)
    })

    test(`${name}: not for another challenge, address or passkey`, async () => {
      const row = await keep(registration)
      const { challenge, ...rest } = authentication
      const [other = ''] = flips(challenge)
      const late = { ...rest, challenge: other }
      assert.equal(await signIn(row, late, registration.credentialId), 'signature')
      assert.equal(await register({ ...registration, challenge: other }), null)
      const elsewhere = { ...expecting(registration.challenge), origins: ['https://example.com'] }
      assert.equal(await verifyRegistration(registrationOf(registration), elsewhere), null)
      const own = { ...expecting(registration.challenge), rpId: 'example.com' }
      assert.equal(await verifyRegistration(registrationOf(registration), own), null)
      const strange = pairs[name === 'packed-es256' ? 'none-es256' : 'packed-es256'] as Pair
      const theirs = { ...(await keep(strange.registration)), credential_id: row.credential_id }
      const same = { ...theirs, backup_eligible: row.backup_eligible }
      assert.equal(await signIn(same, authentication, registration.credentialId), 'signature')
    })
  }

  const embedded = ['none-es256-crossOrigin', 'none-es256-topOrigin']
  test('made inside a foreign page: good by themselves, refused here, where nothing is embedded (R5)', async () => {
    for (const name of embedded) {
      const { registration, authentication } = pairs[name] as Pair
      assert.equal(await freely(registration), 'verified')
      assert.equal(await register(registration), null)
      const row = { ...(await keep((pairs['none-es256'] as Pair).registration)) }
      assert.equal(await signIn(row, authentication, registration.credentialId), 'signature')
    }
  })

  const unoffered = ['packed-es384', 'packed-es512', 'packed-ed448']
  test('of algorithms −35, −36 and −53: good by themselves, refused because they were not offered (R9)', async () => {
    for (const name of unoffered) {
      const { registration } = pairs[name] as Pair
      assert.equal(await freely(registration), 'verified')
      assert.equal(await register(registration), null)
    }
  })

  /** We ask for no attestation. One that comes all the same has to be right, and these chain to a root made for the test. */
  const unchained = {
    'tpm-es256': /TPM manufacturer/,
    'android-key-es256': /certificate path/,
    'apple-es256': /trust anchor/,
    'fido-u2f-es256': /AAGUID/,
  }
  test('with attestations of makers nobody knows: refused, whatever the key is worth (R10)', async () => {
    for (const [name, reason] of Object.entries(unchained)) {
      const { registration } = pairs[name] as Pair
      assert.match(await freely(registration), reason)
      assert.equal(await register(registration), null)
    }
  })

  test('all fifteen pairs are spoken of', () => {
    const named = [...accepted, ...embedded, ...unoffered, ...Object.keys(unchained)]
    assert.deepEqual(named.sort(), Object.keys(pairs).sort())
    assert.equal(named.length, 15)
  })

  test('a credential id of 1023 bytes is kept, a longer one is not (R11)', async () => {
    const { registration } = pairs['none-es256-long-credential-id'] as Pair
    assert.equal(bytes(registration.credentialId).length, 1023)
    const credentialId = `${registration.credentialId}00`
    const longer = bytes(registration.attestationObject)
    const [at, end] = rangeOf(registration.attestationObject, bytes(registration.credentialId))
    longer.writeUInt16BE(1024, at - 2)
    const authDataStart = authDataRange(registration)[0]
    longer.writeUInt16BE(longer.readUInt16BE(authDataStart - 2) + 1, authDataStart - 2)
    const attestationObject = Buffer.concat([
      longer.subarray(0, end),
      Buffer.from([0]),
      longer.subarray(end),
    ]).toString('hex')
    const made = { ...registration, credentialId, attestationObject }
    assert.equal(await freely(made), 'verified', 'nothing else is wrong with it')
    assert.equal(await register(made), null)
  })
})
