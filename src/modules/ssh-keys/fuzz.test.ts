// long: 100,000 inputs instead of 1,000.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '@latchkey/kit'
import fc from 'fast-check'
import { long } from '#test/harness/long.ts'
import { freshBlobs, freshKey, lineOf, makeKeyPair, withoutKeygen } from '#test/harness/ssh-keys.ts'
import { fingerprintOf, readPublicKey } from './read-key.ts'

/** Together 100,000 or 1,000. The message of a failure names the seed. */
const runs = {
  texts: long(20_000, 200),
  mutatedLines: long(30_000, 300),
  mutatedBlobs: long(30_000, 300),
  privateKeys: long(20_000, 200),
}

const canonical = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/

/** Any input gives a consistent key or a refusal, never another error or half a key. */
const readOrRefuse = (text: string) => {
  try {
    const key = readPublicKey(text, 2048)
    assert.match(key.line, canonical)
    const [type = '', body = ''] = key.line.split(' ')
    const blob = Buffer.from(body, 'base64')
    assert.equal(blob.toString('base64'), body)
    assert.equal(blob.subarray(4, 4 + type.length).toString('latin1'), type)
    assert.equal(key.fingerprint, fingerprintOf(blob))
    assert.doesNotMatch(key.comment, /[\r\n]/)
    // What it was written as is read as the same key.
    assert.deepEqual(readPublicKey(key.line, 2048), { ...key, comment: '' })
    return key
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const blobs = Object.entries(freshBlobs).map(([type, make]) => [type, make()] as const)
const lines = blobs.map(([type, blob]) => lineOf(type, blob, 'ada@laptop'))
const aKey = fc.constantFrom(...lines)
const aBlob = fc.constantFrom(...blobs)

const pieces = fc.constantFrom(
  ...[
    'ssh-rsa ',
    'ssh-ed25519',
    ' AAAA',
    '\n',
    '\r',
    '\t',
    '=',
    '#',
    '"',
    'command="x" ',
    '\u0000',
  ],
  ...[
    '-----BEGIN ',
    'PRIVATE KEY-----',
    'PuTTY-User-Key-File-3: ',
    'MII',
    '\ufeff',
    '-cert-v01@openssh.com',
  ],
  ...lines,
)

test('texts of any kind are read or refused', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 12 })
      .map((all) => all.join('')),
    fc.base64String({ maxLength: 400 }).map((body) => `ssh-rsa ${body}`),
  )
  fc.assert(
    fc.property(text, (given) => void readOrRefuse(given)),
    { numRuns: runs.texts },
  )
})

test('a real key with something put in, taken out or changed is read or refused', () => {
  const edit = fc.record({
    at: fc.nat({ max: 800 }),
    remove: fc.nat({ max: 6 }),
    insert: fc.oneof(pieces, fc.string({ maxLength: 4 }), fc.constant('')),
  })
  fc.assert(
    fc.property(aKey, fc.array(edit, { minLength: 1, maxLength: 3 }), (line, edits) => {
      const text = edits.reduce(
        (before, { at, remove, insert }) =>
          before.slice(0, at % before.length) +
          insert +
          before.slice((at % before.length) + remove),
        `${line}\n`,
      )
      readOrRefuse(text)
    }),
    { numRuns: runs.mutatedLines },
  )
})

test('a real key whose bytes were changed, cut or lengthened is refused, or is another whole key', () => {
  const change = fc.record({
    kind: fc.constantFrom('flip', 'set', 'cut', 'add', 'length'),
    at: fc.nat({ max: 2000 }),
    value: fc.nat({ max: 255 }),
  })
  type Change = { readonly kind: string; readonly at: number; readonly value: number }
  const changed = (blob: Buffer, { kind, at, value }: Change): Buffer => {
    const bytes = Buffer.from(blob)
    const place = at % bytes.length
    if (kind === 'cut') return bytes.subarray(0, place)
    if (kind === 'add') return Buffer.concat([bytes, Buffer.alloc(1 + (at % 9), value)])
    if (kind === 'length' && place < bytes.length - 4) bytes.writeUInt32BE(at * 16 + value, place)
    else bytes[place] = kind === 'flip' ? (bytes[place] ?? 0) ^ (1 << (value & 7)) : value
    return bytes
  }
  fc.assert(
    fc.property(aBlob, change, ([type, blob], given) => {
      const bytes = changed(blob, given)
      const key = readOrRefuse(lineOf(type, bytes))
      if (key === null) return
      assert.equal(key.line, lineOf(type, bytes), 'what was read is what was sent')
      // The length of a field is part of what cannot change without the rest.
      if (given.kind === 'cut' || given.kind === 'add') assert.deepEqual(bytes, blob)
    }),
    { numRuns: runs.mutatedBlobs },
  )
})

test('nothing of a private key is ever accepted, whatever stands around it or was lost from it', {
  skip: withoutKeygen,
}, () => {
  const pairs = [
    makeKeyPair('-t', 'ed25519'),
    makeKeyPair('-t', 'ecdsa', '-m', 'PEM'),
    makeKeyPair('-t', 'rsa', '-b', '2048', '-m', 'PKCS8'),
    makeKeyPair('-t', 'ed25519', '-N', 'a passphrase'),
  ]
  const other = freshKey()
  const around = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('', '\n', ' ', `${other}\n`, other),
  )
  const given = fc.record({
    pair: fc.constantFrom(...pairs),
    before: around,
    after: around,
    start: fc.nat({ max: 60 }),
    end: fc.nat({ max: 100 }),
    isJoined: fc.boolean(),
  })
  fc.assert(
    fc.property(given, ({ pair: { privateKey }, before, after, start, end, isJoined }) => {
      const kept = privateKey.slice(start, privateKey.length - end)
      const key = readOrRefuse(before + (isJoined ? kept.replaceAll('\n', '') : kept) + after)
      // At the most the public key that stood beside it, where too little was left of the private one.
      if (key !== null) assert.ok(`${other}${after}`.startsWith(`${key.line} ${key.comment}`))
    }),
    { numRuns: runs.privateKeys },
  )
})
