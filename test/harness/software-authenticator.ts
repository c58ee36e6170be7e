import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A WebAuthn authenticator and the browser in front of it, in software; every part can be made to lie. */
export type Algorithm = 'ES256' | 'EdDSA' | 'RS256'

/** What a test bends. Left out: what an honest browser and authenticator would say. */
export type Knobs = {
  readonly origin?: string
  readonly type?: string
  readonly challenge?: string
  readonly crossOrigin?: boolean
  readonly topOrigin?: string
  /** Put before the JSON, e.g. a byte order mark. */
  readonly clientDataPrefix?: string
  readonly rpId?: string
  readonly userPresent?: boolean
  readonly userVerified?: boolean
  readonly backupEligible?: boolean
  readonly backedUp?: boolean
  readonly counter?: number
  /** `null` sends none. */
  readonly userHandle?: string | null
  /** The id sent along, when it is not the credential's own. */
  readonly credentialId?: string
}

export type RegistrationKnobs = Knobs & {
  readonly algorithm?: Algorithm
  readonly aaguid?: string
  readonly transports?: readonly string[]
  /** Format and statement of the attestation; `none` and empty otherwise. */
  readonly format?: string
  readonly credentialIdBytes?: number
  /** COSE number of an algorithm the key claims to be for. */
  readonly claimedAlgorithm?: number
}

export type SoftPasskey = {
  readonly credentialId: string
  readonly userHandle: string
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  readonly backupEligible: boolean
  /** As the authenticator counts; 0 stays 0, as with synced passkeys. */
  counter: number
}

type Json = Readonly<Record<string, unknown>>
export type Options = Readonly<Record<string, unknown>>

/** RFC 8949, as much of it as an attestation object needs. */
type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>

const head = (major: number, length: number): Buffer => {
  const type = major << 5
  if (length < 24) return Buffer.from([type | length])
  if (length < 256) return Buffer.from([type | 24, length])
  return Buffer.from([type | 25, length >> 8, length & 255])
}

export const encodeCbor = (value: Cbor): Buffer => {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') {
    const text = Buffer.from(value)
    return Buffer.concat([head(3, text.length), text])
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const parts = [...value].flatMap(([key, one]) => [encodeCbor(key), encodeCbor(one)])
  return Buffer.concat([head(5, value.size), ...parts])
}

const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

/** COSE_Key (RFC 9053 §2 and §7, RFC 8230 §4) of each algorithm offered. */
const coseKey = (algorithm: Algorithm, publicKey: KeyObject, claimed?: number): Buffer => {
  const jwk = publicKey.export({ format: 'jwk' })
  const entries: Readonly<Record<Algorithm, readonly (readonly [number, Cbor])[]>> = {
    ES256: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(jwk.x)],
      [-3, bytes(jwk.y)],
    ],
    EdDSA: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ],
    RS256: [
      [1, 3],
      [3, -257],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ],
  }
  const key = new Map(entries[algorithm])
  if (claimed !== undefined) key.set(3, claimed)
  return encodeCbor(key)
}

const makeKeys = (algorithm: Algorithm) => {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()

/** §6.1 of WebAuthn: rpIdHash, flags, counter, and at registration the new credential. */
const authenticatorData = (rpId: string, knobs: Knobs, attested: Buffer | null): Buffer => {
  const { userPresent = true, userVerified = true } = knobs
  const { backupEligible = true, backedUp = backupEligible, counter = 0 } = knobs
  const flags =
    (userPresent ? 0x01 : 0) |
    (userVerified ? 0x04 : 0) |
    (backupEligible ? 0x08 : 0) |
    (backedUp ? 0x10 : 0) |
    (attested ? 0x40 : 0)
  const counted = Buffer.alloc(4)
  counted.writeUInt32BE(counter)
  return Buffer.concat([
    sha256(knobs.rpId ?? rpId),
    Buffer.from([flags]),
    counted,
    attested ?? Buffer.alloc(0),
  ])
}

const aaguidBytes = (aaguid: string): Buffer => Buffer.from(aaguid.replaceAll('-', ''), 'hex')
const twoBytes = (length: number): Buffer => Buffer.from([length >> 8, length & 255])

export type SignedParts = { readonly authenticatorData: Buffer; readonly clientDataJson: Buffer }

export const signParts = (passkey: SoftPasskey, parts: SignedParts): Buffer =>
  sign(
    passkey.algorithm === 'EdDSA' ? null : 'sha256',
    Buffer.concat([parts.authenticatorData, sha256(parts.clientDataJson)]),
    passkey.privateKey,
  )

export class SoftwareAuthenticator {
  readonly #origin: string
  readonly passkeys: SoftPasskey[] = []

  /** `origin`: of the page the browser shows. */
  constructor(origin: string) {
    this.#origin = origin
  }

  #clientData(type: string, options: Options, knobs: Knobs): Buffer {
    const data: Json = {
      type: knobs.type ?? type,
      challenge: knobs.challenge ?? options.challenge,
      origin: knobs.origin ?? this.#origin,
      crossOrigin: knobs.crossOrigin ?? false,
      ...(knobs.topOrigin === undefined ? {} : { topOrigin: knobs.topOrigin }),
    }
    return Buffer.from(`${knobs.clientDataPrefix ?? ''}${JSON.stringify(data)}`)
  }

  /** `navigator.credentials.create`, answered as `RegistrationResponseJSON`. */
  create(options: Options, knobs: RegistrationKnobs = {}) {
    const algorithm = knobs.algorithm ?? 'ES256'
    const { publicKey, privateKey } = makeKeys(algorithm)
    const id = randomBytes(knobs.credentialIdBytes ?? 32)
    const passkey: SoftPasskey = {
      credentialId: knobs.credentialId ?? id.toString('base64url'),
      userHandle: String((options.user as Json).id),
      algorithm,
      privateKey,
      backupEligible: knobs.backupEligible ?? true,
      counter: knobs.counter ?? 0,
    }
    const rawId = bytes(passkey.credentialId)
    const attested = Buffer.concat([
      aaguidBytes(knobs.aaguid ?? '00000000-0000-0000-0000-000000000000'),
      twoBytes(rawId.length),
      rawId,
      coseKey(algorithm, publicKey, knobs.claimedAlgorithm),
    ])
    const authData = authenticatorData(String((options.rp as Json).id), knobs, attested)
    const statement: ReadonlyMap<string, Cbor> =
      knobs.format === undefined ? new Map() : new Map([['sig', new Uint8Array(64)]])
    const attestationObject = encodeCbor(
      new Map<string, Cbor>([
        ['fmt', knobs.format ?? 'none'],
        ['attStmt', statement],
        ['authData', authData],
      ]),
    )
    this.passkeys.push(passkey)
    const response = {
      id: passkey.credentialId,
      rawId: passkey.credentialId,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options, knobs).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: knobs.transports ?? ['internal'],
      },
    }
    return { passkey, response }
  }

  /** `navigator.credentials.get` with one passkey, answered as `AuthenticationResponseJSON`. */
  get(options: Options, passkey: SoftPasskey, knobs: Knobs = {}) {
    const counter = knobs.counter ?? (passkey.counter === 0 ? 0 : passkey.counter + 1)
    passkey.counter = counter
    const { backupEligible } = passkey
    const authData = authenticatorData(
      String(options.rpId),
      { backupEligible, counter, ...knobs },
      null,
    )
    const clientDataJson = this.#clientData('webauthn.get', options, knobs)
    const signature = signParts(passkey, { authenticatorData: authData, clientDataJson })
    const { userHandle = passkey.userHandle, credentialId = passkey.credentialId } = knobs
    return {
      id: credentialId,
      rawId: credentialId,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientDataJson.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    }
  }
}
