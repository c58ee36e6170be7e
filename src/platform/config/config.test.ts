import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings } from '@latchkey/kit'
import { z } from 'zod'
import { product } from '#test/harness/product.ts'
import { closest } from './closest.ts'
import { coreSettings, limitSettings, mailSettings } from './core.ts'
import { ConfigProblem, fieldsOf, loadConfig } from './load.ts'
import { publicLink, publicOrigins } from './public-url.ts'

const { settingsGroups } = product

const problemsOf = (source: Parameters<typeof loadConfig>[1]): string => {
  try {
    loadConfig(settingsGroups, source)
  } catch (error) {
    assert.ok(error instanceof ConfigProblem)
    return error.message
  }
  return ''
}

describe('settings', () => {
  test('an empty machine gets the defaults', () => {
    const core = loadConfig(settingsGroups, { env: {} }).read(coreSettings)
    assert.deepEqual(
      [core.port, core.host, core.trustedProxies, core.databaseUrl],
      [3000, '127.0.0.1', 0, undefined],
    )
  })

  test('the environment wins over the file, and the file over the default', () => {
    const file = { port: 4000, host: '0.0.0.0', limits: { streamsMax: 5 } }
    const config = loadConfig(settingsGroups, { env: { PORT: '5000' }, file })
    assert.deepEqual(
      [config.read(coreSettings).port, config.read(coreSettings).host],
      [5000, '0.0.0.0'],
    )
    assert.equal(config.read(limitSettings).streamsMax, 5)
  })

  test('a group may also be written flat, as path with a dot', () => {
    const config = loadConfig(settingsGroups, { env: {}, file: { 'limits.streamsMax': 7 } })
    assert.equal(config.read(limitSettings).streamsMax, 7)
  })

  test('an empty variable means “not set”, as shells and compose files write it', () => {
    const config = loadConfig(settingsGroups, { env: { PORT: '', LATCHKEY_MAIL_URL: '' } })
    assert.equal(config.read(coreSettings).port, 3000)
    assert.equal(config.read(mailSettings).url, undefined)
  })

  test('a mistyped name is refused with the name that was meant', () => {
    assert.match(
      problemsOf({ env: { LATCHKEY_PUBLIC_ULR: 'x' } }),
      /LATCHKEY_PUBLIC_ULR is not a setting\. Did you mean LATCHKEY_PUBLIC_URL\?/,
    )
    assert.match(
      problemsOf({ env: {}, file: { limits: { streamMax: 1 } } }),
      /limits\.streamMax is not a setting\. Did you mean limits\.streamsMax\?/,
    )
    assert.match(
      problemsOf({ env: { LATCHKEY_PORT: '3001' } }),
      /LATCHKEY_PORT is not a setting\. Did you mean PORT\?/,
    )
    assert.doesNotMatch(problemsOf({ env: { LATCHKEY_WHATEVER_THIS_IS: '1' } }), /Did you mean/)
  })

  test('variables of other programs are left alone', () => {
    assert.equal(problemsOf({ env: { PATH: '/bin', NODE_ENV: 'x', MAIL_URL: 'y' } }), '')
  })

  test('everything that is wrong is said at once', () => {
    const said = problemsOf({
      env: { PORT: 'http', LATCHKEY_LOG_LEVEL: 'loud' },
      file: { hots: 1 },
    })
    assert.equal(said.split('\n').length, 3)
  })

  test('a file that is no object is refused, not ignored', () => {
    for (const file of [null, [], 'text', 7])
      assert.match(problemsOf({ env: {}, file }), /must hold one JSON object/)
  })

  const wrong: readonly [string, string, RegExp][] = [
    ['PORT', 'abc', /it must be a whole number from 0 to 65535\. It means: TCP port/],
    ['PORT', '65536', /it must be a whole number from 0 to 65535\./],
    ['LATCHKEY_LIMITS_STREAMS_MAX', '0', /it must be a whole number of at least 1\./],
    ['LATCHKEY_LOG_LEVEL', 'loud', /it must be one of debug, info, warn, error, silent\./],
    ['LATCHKEY_PUBLIC_URL', 'account', /it must be an address like https:\/\/example\.com\./],
    ['LATCHKEY_OTHER_ORIGINS', 'a,b', /it must be an address like/],
    ['LATCHKEY_PASSWORD_BREACH_CHECK', 'yes', /it must be true or false\./],
    ['LATCHKEY_MAIL_URL', 'mailto:x', /it must start with smtp:\/\/ or smtps:\/\/\./],
    ['LATCHKEY_METRICS_TOKEN', 'short', /it must have at least 20 characters\./],
  ]
  for (const [name, value, said] of wrong)
    test(`${name}=${value} is refused in words that say what is wanted`, () => {
      const problem = problemsOf({ env: { [name]: value } })
      assert.match(problem, said)
      assert.ok(problem.startsWith(`${name} is not usable: `), problem)
    })

  test('no refused setting is told about in the words of a schema library', () => {
    for (const { env, path } of fieldsOf(settingsGroups))
      for (const value of ['\u0000', '-1', 'x'.repeat(5000)]) {
        const said = problemsOf({ env: { [env]: value }, file: { [path]: [{}] } })
        assert.doesNotMatch(said, /expected|received|Invalid|Too (big|small)|pattern/, said)
      }
  })

  test('no message repeats a value: values may be secrets', () => {
    const secret = 'hunter2-canary'
    const said = problemsOf({
      env: Object.fromEntries(fieldsOf(settingsGroups).map(({ env }) => [env, `\u0000${secret}`])),
      file: Object.fromEntries([
        ...fieldsOf(settingsGroups).map(({ path }) => [path, { [secret]: secret }]),
        ['mail', { url: secret, from: { a: secret } }],
      ]),
    })
    assert.ok(said.length > 200)
    assert.doesNotMatch(said, /hunter2/)
  })

  test('every setting says what it means, and works when nobody sets it', () => {
    for (const { path, env, schema } of fieldsOf(settingsGroups)) {
      assert.ok((schema.description ?? '').length > 10, `${path} has no description`)
      assert.ok(schema.safeParse(undefined).success, `${path} has neither default nor optional`)
      assert.match(env, /^(PORT|HOST|LATCHKEY_[A-Z0-9_]+)$/)
    }
  })

  test('no two settings share a variable or a name in the file', () => {
    const fields = fieldsOf(settingsGroups)
    assert.equal(new Set(fields.map(({ env }) => env)).size, fields.length)
    assert.equal(new Set(fields.map(({ path }) => path)).size, fields.length)
  })

  test('texts of the environment become what the schema wants, and nothing else', () => {
    const schema = z.strictObject({
      list: z.array(z.string()).optional().describe('a list of words'),
      on: z.boolean().optional().describe('yes or no'),
      text: z.string().optional().describe('any text'),
    })
    const group = settings('sample', 'A sample', schema)
    const env = {
      LATCHKEY_SAMPLE_LIST: 'a, b',
      LATCHKEY_SAMPLE_ON: 'true',
      LATCHKEY_SAMPLE_TEXT: '42',
    }
    const read = loadConfig([group], { env }).read(group)
    assert.deepEqual(read, { list: ['a', 'b'], on: true, text: '42' })
    assert.throws(() => loadConfig([group], { env: { LATCHKEY_SAMPLE_ON: 'yes' } }), ConfigProblem)
  })

  test('a group nobody declared cannot be read', () => {
    const undeclared = settings('stranger', 'Not declared', z.strictObject({}))
    assert.throws(() => loadConfig(settingsGroups, { env: {} }).read(undeclared), /not declared/)
  })

  test('an address whose password is not escaped is refused in words that do not hold it', () => {
    const addresses = {
      LATCHKEY_MAIL_URL: ['smtp://ada:p/w:#1@mail.example.com', 'smtps://ada:p#1@mail.example.com'],
      LATCHKEY_DATABASE_URL: [
        'postgres://ada:p?w1@db/latchkey',
        'postgres://ada:p/w:1@db/latchkey',
      ],
    }
    for (const [name, values] of Object.entries(addresses))
      for (const value of values)
        assert.throws(
          () => loadConfig(settingsGroups, { env: { [name]: value } }),
          ({ message }: Error) => /%2F %3F %23/.test(message) && !/ada|p.w|p#/.test(message),
          value,
        )
    for (const value of ['postgres:///latchkey?host=/run/postgresql', 'postgres://ada:p%2Fw@db/x'])
      loadConfig(settingsGroups, { env: { LATCHKEY_DATABASE_URL: value } })
    loadConfig(settingsGroups, { env: { LATCHKEY_MAIL_URL: 'smtp://a@b.c:p%23@mail.example.com' } })
  })

  test('the nearest name is offered only when it is near', () => {
    assert.equal(closest('databaseUrI', ['databaseUrl', 'dataDir']), 'databaseUrl')
    assert.equal(closest('colour', ['databaseUrl', 'dataDir']), null)
  })
})

describe('the public address', () => {
  test('unset, it is this machine under both of its names', () => {
    assert.deepEqual(publicOrigins({ port: 3000, otherOrigins: [] }), [
      'http://localhost:3000',
      'http://127.0.0.1:3000',
    ])
  })

  test('it is an https origin without anything behind it', () => {
    const accepted = publicOrigins({
      publicUrl: 'https://Account.Example.com/',
      port: 1,
      otherOrigins: ['https://second.example.com/'],
    })
    assert.deepEqual(accepted, ['https://account.example.com', 'https://second.example.com'])
    const refused = [
      'https://example.com/account',
      'https://example.com/?a',
      'https://example.com/#a',
      'https://me@example.com/',
      'http://example.com',
      'http://localhost.example.com',
    ]
    for (const publicUrl of refused)
      assert.throws(
        () => publicOrigins({ publicUrl, port: 1, otherOrigins: [] }),
        ConfigProblem,
        publicUrl,
      )
    for (const other of [
      'http://second.example.com',
      'https://second.example.com/account',
      'https://me@second.example.com',
    ])
      assert.throws(
        () => publicOrigins({ publicUrl: 'https://example.com', port: 1, otherOrigins: [other] }),
        ConfigProblem,
        other,
      )
    for (const publicUrl of ['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:9'])
      assert.equal(publicOrigins({ publicUrl, port: 1, otherOrigins: [] }).length, 1)
  })

  test('a secret in a link stands behind the hash, where no server and no log sees it', () => {
    const config = loadConfig(settingsGroups, {
      env: { LATCHKEY_PUBLIC_URL: 'https://a.example.com' },
    })
    assert.equal(
      publicLink(config, '/reset', { name: 'token', value: 'a/b+c' }),
      'https://a.example.com/reset#token=a%2Fb%2Bc',
    )
  })
})
