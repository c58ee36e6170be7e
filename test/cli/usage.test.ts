import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { folders, latchkey, latchkeyAlone } from '#test/harness/cli.ts'
import { product } from '#test/harness/product.ts'

const { modules } = product

const newFolder = folders()
const nowhere = () => ({ dataDir: join(newFolder(), 'data') })

const names = [
  ...['audit verify', 'backup', 'doctor', 'keys rotate', 'migrate', 'restore', 'start'],
  ...modules.flatMap((module) => module.commands ?? []).map((command) => command.name),
]

const isTooLong = (line: string): boolean => line.length > 90

describe('The help', () => {
  test('lists every command, those of the modules too, and what the program ends with', async () => {
    const { code, stdout, stderr } = await latchkeyAlone(nowhere(), 'help')
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.ok(names.includes('user list') && names.includes('user create'))
    for (const name of names) assert.match(stdout, new RegExp(`^ {2}${name} {2,}\\S`, 'm'))
    for (const exit of [0, 1, 2, 3, 4]) assert.match(stdout, new RegExp(`^ {2}${exit} {2}\\S`, 'm'))
    assert.deepEqual(stdout.split('\n').filter(isTooLong), [], 'lines that do not fit a terminal')
  })

  test('is the same for no word at all, and one document with --json', async () => {
    const [bare, asked, json] = await Promise.all([
      latchkey(nowhere()),
      latchkey(nowhere(), '--help'),
      latchkey(nowhere(), 'help', '--json'),
    ])
    assert.equal(bare.stdout, asked.stdout)
    assert.equal(`${json.json().help}\n`, bare.stdout)
  })

  for (const name of names)
    test(`of ${name} says what it does, every option and an example`, async () => {
      const { code, stdout } = await latchkey(nowhere(), ...name.split(' '), '--help')
      assert.equal(code, 0)
      for (const part of ['Usage', 'Options', 'Examples'])
        assert.match(stdout, new RegExp(`^${part}$`, 'm'))
      assert.match(stdout, new RegExp(`^ {2}latchkey ${name}`, 'm'))
      assert.match(stdout, /--json/)
      assert.ok(stdout.length > 400, 'hardly worth reading')
      const lines = stdout.split('\n')
      const alone = lines.filter((line) => line !== '' && !/\w{2}/.test(line))
      assert.deepEqual(alone, [], 'lines that are no words')
      assert.deepEqual(lines.filter(isTooLong), [], 'lines that do not fit a terminal')
    })

  test('in the guide names every command, every option and every exit code', () => {
    const guide = readFileSync(
      fileURLToPath(new URL('../../docs/guides/command-line.md', import.meta.url)),
      'utf8',
    )
    for (const name of names) assert.ok(guide.includes(`\`latchkey ${name}`), name)
    for (const exit of [0, 1, 2, 3, 4]) assert.match(guide, new RegExp(`^\\| ${exit} \\|`, 'm'))
    const options = modules.flatMap((module) =>
      (module.commands ?? []).flatMap((command) => Object.keys(command.options ?? {})),
    )
    for (const option of options) assert.ok(guide.includes(`--${option}`), option)
  })
})

describe('What was mistyped', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['usr list', /“usr” is not a command\. Did you mean latchkey user list\?/],
    ['user lst', /“user lst” is not a command\. Did you mean latchkey user list\?/],
    ['bakcup /tmp/x', /Did you mean latchkey backup\?/],
    ['user', /latchkey user needs one word more: .*create.*list/],
    ['keys', /latchkey keys needs one word more: rotate/],
    ['qqqqqqqqq', /“qqqqqqqqq” is not a command\./],
    ['user list --limti 5', /--limti is not an option of user list\. Did you mean --limit\?/],
    ['user list --limit', /--limit needs a value: --limit <number>/],
    ['user list --limit many', /--limit cannot be used: it must be a number\./],
    ['user list --limit 0', /--limit cannot be used: it must be at least 1\./],
    ['user list --all --all', /--all is there twice/],
    ['user list --all=yes', /--all takes no value/],
    [
      'user list more',
      /does not know what to do with “more”\.\nSee latchkey user list --help\.\n$/,
    ],
    ['--bogus', /There is no command in “--bogus”\.\nSee latchkey --help\.\n$/],
    ['token verify x', /token verify takes nothing there: it reads the token from standard input/],
    ['user disable', /user disable needs <email>/],
    ['user create', /user create needs --email/],
    [
      'user create --email a@example.com --role boss',
      /--role cannot be used: it must be one of owner, /,
    ],
    ['backup', /backup needs <folder>/],
    ['keys rotate --only lookup', /--only cannot be used/],
    ['audit verify --head 12', /--head cannot be used: it must look like/],
    ['doctor --send-to nobody', /--send-to cannot be used: it must be an e-mail address/],
  ]
  for (const [line, said] of wrong)
    test(`${line}: is explained, ends with 2 and touches nothing`, async () => {
      const where = nowhere()
      const { code, stdout, stderr } = await latchkey(where, ...line.split(' '))
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
      assert.match(stderr, said)
      assert.doesNotMatch(stderr, /\n\s+at /)
      assert.equal(existsSync(where.dataDir), false)
    })

  test('does not repeat a key that was typed where none is read', async () => {
    const key = 'cfp_000000000000000000000000000000000000'
    for (const line of [
      `token verify ${key}`,
      `token ${key}`,
      key,
      `user list ${key}`,
      `--${key}`,
    ]) {
      const { code, stdout, stderr } = await latchkey(nowhere(), ...line.split(' '), '--json')
      assert.equal(code, 2, line)
      assert.equal((stdout + stderr).includes(key), false, stderr)
    }
  })

  test('is one JSON document where that was asked for', async () => {
    const { code, json } = await latchkeyAlone(nowhere(), 'user', 'lst', '--json')
    assert.equal(code, 2)
    assert.deepEqual([json().ok, json().error.code], [false, 'cli.usage'])
  })
})

describe('Without an installation', () => {
  for (const line of [
    'user list',
    'backup x',
    'keys rotate',
    'audit verify',
    'user create --email a@b.example',
  ])
    test(`${line}: says so, ends with 3 and makes none`, async () => {
      const where = nowhere()
      const said = await latchkey(where, ...line.split(' '), '--json')
      assert.equal(said.code, 3)
      assert.equal(said.json().error.code, 'cli.cannot_open')
      assert.match(said.stderr, /There is no installation here: .* LATCHKEY_DATA_DIR/)
      assert.equal(existsSync(where.dataDir), false)
    })

  test('migrate --check looks without making one; migrate makes it', async () => {
    const where = nowhere()
    const looked = await latchkey(where, 'migrate', '--check', '--json')
    assert.equal(looked.code, 1)
    assert.ok(looked.json().pending.length > 10)
    assert.equal(existsSync(where.dataDir), false)
    const made = await latchkeyAlone(where, 'migrate', '--json')
    assert.equal(made.code, 0)
    assert.deepEqual(made.json().applied.toSorted(), looked.json().pending)
    assert.deepEqual(readdirSync(where.dataDir).sort(), ['keys.json', 'latchkey.db'])
    assert.equal((await latchkey(where, 'migrate', '--check')).code, 0)
    assert.deepEqual((await latchkey(where, 'migrate', '--json')).json().applied, [])
    assert.match((await latchkey(where, 'user', 'list')).stdout, /Nobody has an account yet/)
  })

  test('a setting that is wrong ends with 3 as well, and its value is not shown', async () => {
    const settings = { LATCHKEY_MAIL_URL: 'mailto:hidden-word' }
    const { code, stderr } = await latchkeyAlone({ ...nowhere(), settings }, 'user', 'list')
    assert.equal(code, 3)
    assert.match(stderr, /LATCHKEY_MAIL_URL is not usable/)
    assert.doesNotMatch(stderr, /hidden-word/)
  })
})

describe('The launcher', () => {
  const program = join('scripts', 'latchkey.mjs')

  test('starts it from any folder, and paths that are typed start there', async () => {
    const [dataDir, folder] = [join(newFolder(), 'data'), newFolder()]
    await latchkey({ dataDir }, 'migrate')
    const made = await latchkeyAlone({ dataDir, folder, program }, 'backup', './copies', '--json')
    assert.equal(made.code, 0, made.stderr)
    assert.equal(readdirSync(join(folder, 'copies')).length, 1)
  })

  test('passes the exit code and both streams on', async () => {
    const { code, stdout, stderr } = await latchkeyAlone({ ...nowhere(), program }, 'usr', 'list')
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /Did you mean latchkey user list\?/)
  })
})
