import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { product } from '#test/harness/product.ts'
import { coreSettings, mailSettings } from './core.ts'
import { fieldsOf, loadConfig } from './load.ts'

const { settingsGroups } = product
const folder = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const address = 'smtp://ada:hunter2@mail.example.com'
const fileOf = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}
const load = (env: Readonly<Record<string, string>>) => loadConfig(settingsGroups, { env })
const problemOf = (env: Readonly<Record<string, string>>): string => {
  try {
    load(env)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('a secret in a file of its own', () => {
  test('is read, without the line break at its end', () => {
    const path = fileOf('mail', `${address}\n`)
    assert.equal(load({ LATCHKEY_MAIL_URL_FILE: path }).read(mailSettings).url, address)
    const database = fileOf('database', 'postgres://ada:hunter2@db/latchkey')
    const config = load({ LATCHKEY_DATABASE_URL_FILE: database })
    assert.equal(config.read(coreSettings).databaseUrl, 'postgres://ada:hunter2@db/latchkey')
  })

  test('can be had for each setting that holds one, and for no other', () => {
    const secrets = fieldsOf(settingsGroups).filter(({ isSecret }) => isSecret)
    assert.deepEqual(
      secrets.map(({ env }) => env).filter((env) => /URL|TOKEN/.test(env)).length,
      secrets.length,
    )
    assert.ok(secrets.length >= 3)
    assert.match(problemOf({ LATCHKEY_LOG_LEVEL_FILE: '/x' }), /LOG_LEVEL_FILE is not a setting/)
  })

  test('is refused in words that do not hold it', () => {
    const good = fileOf('good', address)
    const faults: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{ LATCHKEY_MAIL_URL_FILE: good, LATCHKEY_MAIL_URL: address }, /are both set/],
      [{ LATCHKEY_MAIL_URL_FILE: 'good' }, /whole path/],
      [{ LATCHKEY_MAIL_URL_FILE: join(folder, 'none') }, /cannot be read \(ENOENT\)/],
      [{ LATCHKEY_MAIL_URL_FILE: folder }, /cannot be read|others can read/],
      [{ LATCHKEY_MAIL_URL_FILE: fileOf('open', address, 0o644) }, /others can read.*chmod 600/],
      [{ LATCHKEY_MAIL_URL_FILE: fileOf('wrong', 'http://hunter2') }, /LATCHKEY_MAIL_URL is not/],
      [{ LATCHKEY_MAIL_URL_FILE: fileOf('large', 'x'.repeat(70_000)) }, /too large/],
    ]
    for (const [env, wanted] of faults) {
      const said = problemOf(env)
      assert.match(said, wanted)
      assert.equal(said.includes('hunter2'), false)
    }
  })

  test('may be read by a group of this process, as Kubernetes mounts it, and by no other', {
    skip: process.getuid?.() !== 0 && 'only root gives files away',
  }, () => {
    const path = fileOf('mounted', address, 0o440)
    chownSync(path, 0, process.getgid?.() ?? 0)
    assert.equal(load({ LATCHKEY_MAIL_URL_FILE: path }).read(mailSettings).url, address)
    chownSync(path, 0, 54_321)
    assert.match(problemOf({ LATCHKEY_MAIL_URL_FILE: path }), /others can read/)
  })
})
