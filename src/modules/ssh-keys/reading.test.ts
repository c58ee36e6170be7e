import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { Refusal } from '@latchkey/kit'
import {
  curvePoint,
  describeKey,
  ed25519Point,
  freshBlobs,
  freshKey,
  lineOf,
  makeKeyPair,
  mpint,
  rsaNumbers,
  wire,
  withoutKeygen,
} from '#test/harness/ssh-keys.ts'
import { isEd25519Key } from './ed25519.ts'
import { readPublicKey, titleOf } from './read-key.ts'

const read = (text: string, rsaBitsMin = 2048) => readPublicKey(text, rsaBitsMin)

/** The last word of the refusal's code. */
const reasonFor = (text: string): string => {
  try {
    read(text)
    return 'accepted'
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error))
    return error.spec.code.replace('ssh-keys.', '')
  }
}

const bitsOf: Readonly<Record<string, number>> = {
  'ecdsa-sha2-nistp384': 384,
  'ecdsa-sha2-nistp521': 521,
  'ssh-rsa': 2048,
}

describe('a public key', () => {
  for (const [type, make] of Object.entries(freshBlobs))
    test(`of type ${type} is read, and written anew without its comment`, () => {
      const blob = make()
      const key = read(lineOf(type, blob, 'ada@laptop  in the kitchen '))
      const digest = createHash('sha256').update(blob).digest('base64').replace('=', '')
      assert.deepEqual(key, {
        type,
        bits: bitsOf[type] ?? 256,
        line: `${type} ${blob.toString('base64')}`,
        fingerprint: `SHA256:${digest}`,
        comment: 'ada@laptop  in the kitchen',
      })
    })

  test('is found among blank lines, comments, tabs, a byte-order mark and Windows line ends', () => {
    const line = freshKey('')
    const [type, body] = line.split(' ')
    for (const text of [
      `${line}\n`,
      `\r\n\r\n${line}\r\n`,
      `\ufeff${line}`,
      `# my key\n\n${line}\n# end\n`,
      `  ${type}\t \t${body}  `,
      line,
    ])
      assert.equal(read(text).line, line, JSON.stringify(text.slice(0, 30)))
  })

  const generated: readonly (readonly [string, ...string[]])[] = [
    ['ed25519'],
    ['ecdsa', '-b', '256'],
    ['ecdsa', '-b', '384'],
    ['ecdsa', '-b', '521'],
    ['rsa', '-b', '2048'],
    ['rsa', '-b', '3072'],
    ['rsa', '-b', '4096'],
  ]
  for (const args of generated)
    test(`made by ssh-keygen -t ${args.join(' ')} is read as ssh-keygen describes it`, {
      skip: withoutKeygen,
    }, () => {
      const { publicKey } = makeKeyPair('-t', ...args, '-C', 'somebody@somewhere')
      const { line, bits, fingerprint, comment } = read(publicKey)
      assert.deepEqual({ bits, fingerprint }, describeKey(publicKey))
      assert.equal(`${line} ${comment}\n`, publicKey)
    })

  test('of every type is described by ssh-keygen as it is here, security keys included', {
    skip: withoutKeygen,
  }, () => {
    for (const [type, make] of Object.entries(freshBlobs)) {
      const { line, bits, fingerprint } = read(lineOf(type, make()))
      assert.deepEqual({ bits, fingerprint }, describeKey(line), type)
    }
  })

  test('is called by its owner, by its comment, or by what it is', () => {
    const title = (comment: string, given?: string) => titleOf(given, { type: 'ssh-rsa', comment })
    assert.equal(title('ada@laptop', 'Work'), 'Work')
    assert.equal(title('ada@laptop'), 'ada@laptop')
    assert.equal(title(' \u0007\u202e ada\u0000\u2028@ laptop\u200b '), 'ada @ laptop')
    assert.equal(title('<script>alert(1)</script>'), '<script>alert(1)</script>')
    assert.equal(title('\u202e\u0007'), 'RSA key')
    assert.equal(title(''), 'RSA key')
    assert.equal([...title('🔑'.repeat(200))].length, 100)
    assert.equal(titleOf(undefined, { type: 'ecdsa-sha2-nistp256', comment: '' }), 'ECDSA key')
  })
})

/** The first line of a private key's body, or of a public one's. */
const bodies = {
  private: 'MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEA',
  public: 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA',
}
const pem = (label: string, body: keyof typeof bodies = 'private'): string =>
  `-----BEGIN ${label}-----\n${bodies[body]}\n-----END ${label}-----\n`

describe('a private key (attack A80)', () => {
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { privateKey: ed } = generateKeyPairSync('ed25519')
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' }
  const forms: Readonly<Record<string, string>> = {
    'PKCS #1': String(rsa.export({ format: 'pem', type: 'pkcs1' })),
    'PKCS #1, encrypted': String(rsa.export({ format: 'pem', type: 'pkcs1', ...cipher })),
    'PKCS #8': String(ed.export({ format: 'pem', type: 'pkcs8' })),
    'PKCS #8, encrypted': String(ed.export({ format: 'pem', type: 'pkcs8', ...cipher })),
    'SEC 1': String(ec.export({ format: 'pem', type: 'sec1' })),
    'PKCS #8 without its first and last line': ed
      .export({ format: 'der', type: 'pkcs8' })
      .toString('base64'),
    'SEC 1 without its first and last line': ec
      .export({ format: 'der', type: 'sec1' })
      .toString('base64'),
    JWK: JSON.stringify(ec.export({ format: 'jwk' }), null, 2),
    DSA: pem('DSA PRIVATE KEY'),
    OpenSSH: pem('OPENSSH PRIVATE KEY'),
    'in small letters': pem('OPENSSH PRIVATE KEY').toLowerCase(),
    'Tectia SSH2': '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\nP2/56wAAA\n',
    'PuTTY version 2': 'PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\nComment: x\r\n',
    'PuTTY version 3': 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n',
    'the end of a PuTTY file': 'Private-Lines: 1\nAAAAIH\nPrivate-MAC: 00\n',
    'protocol 1': 'SSH PRIVATE KEY FILE FORMAT 1.1\n',
  }
  for (const [form, text] of Object.entries(forms))
    test(`is refused as one: ${form}`, () => {
      assert.equal(reasonFor(text), 'private_key')
      assert.equal(reasonFor(text.replaceAll('\n', '\r\n')), 'private_key')
      assert.equal(reasonFor(`${freshKey()}\n${text}`), 'private_key', 'beside its public half')
      assert.equal(reasonFor(text.replaceAll('\n', ' ')), 'private_key', 'in one line')
    })

  for (const args of [
    ['-N', ''],
    ['-N', 'a passphrase'],
    ['-m', 'PEM'],
    ['-m', 'PKCS8'],
  ])
    test(`of ssh-keygen ${args.join(' ')} is refused as one`, { skip: withoutKeygen }, () => {
      for (const type of ['ed25519', 'ecdsa', 'rsa']) {
        const { privateKey } = makeKeyPair('-t', type, ...args)
        assert.equal(reasonFor(privateKey), 'private_key')
        const lines = privateKey.trim().split('\n')
        const isPlain = args[0] === '-N' || !privateKey.includes('Proc-Type')
        if (isPlain) assert.equal(reasonFor(lines.slice(1, -1).join('\n')), 'private_key')
      }
    })

  test('is not repeated by the refusal', () => {
    const text = pem('OPENSSH PRIVATE KEY')
    assert.throws(
      () => read(text),
      (error: Refusal) => !JSON.stringify([error.message, error.details]).includes('MIIB'),
    )
  })
})

describe('what is no single public key in OpenSSH form (attack A80)', () => {
  const point = ed25519Point()
  const good = wire('ssh-ed25519', point)
  const line = lineOf('ssh-ed25519', good)
  const { e, n } = rsaNumbers(2048)
  const even = Buffer.from(n)
  even[even.length - 1] = 2
  const p256 = curvePoint('P-256')
  const off = Buffer.from(p256)
  off[64] = (off[64] ?? 0) ^ 1
  const ec = (...parts: (Buffer | string)[]) => lineOf('ecdsa-sha2-nistp256', wire(...parts))
  const rsa = (exponent: Buffer, modulus: Buffer) =>
    lineOf('ssh-rsa', wire('ssh-rsa', exponent, modulus))
  const sk = (application: string) =>
    lineOf('sk-ssh-ed25519@openssh.com', wire('sk-ssh-ed25519@openssh.com', point, application))
  const ed = (encoded: Buffer) => lineOf('ssh-ed25519', wire('ssh-ed25519', encoded))
  const longLength = Buffer.from(good)
  longLength.writeUInt32BE(0xffffffff, 15)

  const cases: readonly (readonly [string, string, string])[] = [
    ['nothing', ' \n', 'unreadable'],
    ['only a comment', '# hello', 'unreadable'],
    ['prose', 'please add my key', 'unreadable'],
    ['markup', '<script>alert(1)</script>', 'unreadable'],
    ['base64 alone', good.toString('base64'), 'unreadable'],
    ['a type alone', 'ssh-ed25519', 'damaged'],
    ['options before it', `command="rm -rf /",no-pty ${line}`, 'options'],
    ['options with a quoted key in them', `environment="A=ssh-rsa AAAA" ${line}`, 'options'],
    ['restrict', `restrict ${line}`, 'options'],
    ['a known_hosts line', `example.com,192.0.2.1 ${line}`, 'options'],
    ['an authority', `@cert-authority * ${line}`, 'options'],
    ['two keys', `${line}\n${freshKey()}`, 'several'],
    ['two keys and a bare carriage return', `${line}\r${freshKey()}`, 'several'],
    ['two keys in one line', `${line} ${freshKey()}`, 'several'],
    ['a key and then prose', `${line}\nhello there`, 'damaged'],
    ['a key and then one with options', `${line}\ncommand="x" ${freshKey()}`, 'several'],
    ['a wrapped line', `${line.slice(0, 40)}\n${line.slice(40)}`, 'damaged'],
    ['DSA', lineOf('ssh-dss', wire('ssh-dss', n, n, n, n)), 'dsa'],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA x', 'certificate'],
    ['an RSA certificate', 'ssh-rsa-cert-v01@openssh.com AAAA x', 'certificate'],
    ['a security key certificate', 'sk-ssh-ed25519-cert-v01@openssh.com AAAA', 'certificate'],
    ['an X.509 certificate', pem('CERTIFICATE', 'public'), 'certificate'],
    ['another type', 'ssh-ed448 AAAA', 'type_unknown'],
    ['an XMSS key', 'ssh-xmss@openssh.com AAAA', 'type_unknown'],
    ['a signature algorithm for a type', lineOf('rsa-sha2-256', wire('ssh-rsa')), 'type_unknown'],
    ['protocol 1', `1024 65537 ${'7'.repeat(300)} x`, 'type_unknown'],
    ['RFC 4716', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n', 'other_format'],
    ['PEM', pem('PUBLIC KEY', 'public'), 'other_format'],
    ['PEM, PKCS #1', pem('RSA PUBLIC KEY', 'public'), 'other_format'],
    ['a cut-off key', line.slice(0, -8), 'damaged'],
    [
      'something after its end',
      lineOf('ssh-ed25519', Buffer.concat([good, Buffer.of(0)])),
      'damaged',
    ],
    ['a length that leads outside', lineOf('ssh-ed25519', longLength), 'damaged'],
    ['an empty key', lineOf('ssh-ed25519', wire('ssh-ed25519', '')), 'damaged'],
    ['a key of 31 bytes', ed(point.subarray(1)), 'damaged'],
    ['another name inside', lineOf('ssh-ed25519', wire('ssh-rsa', point)), 'damaged'],
    ['its name outside only', lineOf('ssh-rsa', good), 'damaged'],
    [
      'base64 without padding',
      line.replace(/=+$/, ''),
      line.endsWith('=') ? 'damaged' : 'accepted',
    ],
    ['base64url', line.replace(/\+|\//, '-'), /[+/]/.test(line.slice(12)) ? 'damaged' : 'accepted'],
    ['a strange character in it', `${line.slice(0, 40)}!${line.slice(41)}`, 'damaged'],
    ['the neutral element', ed(Buffer.from(`01${'00'.repeat(31)}`, 'hex')), 'damaged'],
    ['y = 0, of order 4', ed(Buffer.alloc(32)), 'damaged'],
    [
      'a point of order 8',
      ed(Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex')),
      'damaged',
    ],
    ['a y that is not reduced', ed(Buffer.alloc(32, 0xff)), 'damaged'],
    ['a point beside the curve', ec('ecdsa-sha2-nistp256', 'nistp256', off), 'damaged'],
    [
      'a compressed point',
      ec('ecdsa-sha2-nistp256', 'nistp256', Buffer.concat([Buffer.of(2), p256.subarray(1, 33)])),
      'damaged',
    ],
    ['the point at infinity', ec('ecdsa-sha2-nistp256', 'nistp256', Buffer.of(0)), 'damaged'],
    ['another curve inside', ec('ecdsa-sha2-nistp256', 'nistp384', p256), 'damaged'],
    [
      'a larger curve inside',
      ec('ecdsa-sha2-nistp256', 'nistp256', curvePoint('P-384')),
      'damaged',
    ],
    ['a negative modulus', rsa(e, n), 'damaged'],
    ['a padded modulus', rsa(e, Buffer.concat([Buffer.of(0, 0), n])), 'damaged'],
    ['a padded exponent', rsa(Buffer.concat([Buffer.of(0), e]), mpint(n)), 'damaged'],
    ['an even modulus', rsa(e, mpint(even)), 'damaged'],
    ['an even exponent', rsa(Buffer.of(2), mpint(n)), 'damaged'],
    ['exponent 1', rsa(Buffer.of(1), mpint(n)), 'damaged'],
    ['exponent 0', rsa(Buffer.alloc(0), mpint(n)), 'damaged'],
    ['an endless exponent', rsa(Buffer.alloc(300, 1), mpint(n)), 'damaged'],
    ['an endless modulus', rsa(e, Buffer.alloc(2049, 1)), 'damaged'],
    ['a security key for a website', sk('https://example.com'), 'damaged'],
    ['a security key for nothing', sk(''), 'damaged'],
    ['a security key with a line break', sk('ssh:a\nb'), 'damaged'],
  ]
  for (const [what, text, reason] of cases)
    test(`${what}: ${reason}`, () => assert.equal(reasonFor(text), reason))

  test('an RSA key that is too short, and says how long it has to be', () => {
    const short = rsaNumbers(1024)
    const text = rsa(short.e, mpint(short.n))
    assert.equal(reasonFor(text), 'rsa_short')
    assert.throws(
      () => read(text),
      (refusal: Refusal) => /1024 bits; at least 2048/.test(refusal.details.detail ?? ''),
    )
    assert.throws(() => read(rsa(e, mpint(n)), 3072), /too short/)
    assert.equal(read(rsa(e, mpint(n)), 2048).bits, 2048)
  })
})

describe('points of Ed25519', () => {
  test('about half of all 32 bytes are one, and none of them a surprise', () => {
    let points = 0
    for (let run = 0; run < 400; run += 1) {
      const bytes = createHash('sha256').update(`point ${run}`).digest()
      if (isEd25519Key(bytes)) points += 1
    }
    assert.ok(points > 140 && points < 260, `${points} of 400`)
    for (let run = 0; run < 20; run += 1) assert.ok(isEd25519Key(ed25519Point()))
  })
})
