import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieNames, deviceCookie, readCookies, secretCookie } from './cookies.ts'

const name = '__Host-latchkey'
const value = 'abcDEF012_-xyz'
const read = (header: string | null): string | null =>
  readCookies(header, cookieNames('https://account.example.com')).session

test('the one cookie of that exact name is read, wherever it stands', () => {
  assert.equal(read(`${name}=${value}`), value)
  assert.equal(read(`a=1; ${name}=${value};b=2`), value)
  assert.equal(read(`a=1;${name}=${value}`), value)
})

test('shadow cookies count for nothing (attack A62)', () => {
  const shadows = [
    `\u00a0${name}=${value}`,
    `\u2000${name}=${value}`,
    `\t${name}=${value}`,
    `${name} =${value}`,
    `__host-latchkey=${value}`,
    `__HOST-LATCHKEY=${value}`,
    `latchkey=${value}`,
    `${name}="${value}"`,
    `${name}= ${value}`,
    `${name}=${value} `,
    `${name}=`,
    name,
    `=${name}=${value}`,
    `==${value}`,
    `$Version=1; ${name}="${value}"`,
    `${name}=${value}=`,
    `${name}=${value}%00`,
    `${name}=a\u0000b`,
    `x${name}=${value}`,
    `${name}=${'a'.repeat(129)}`,
    '',
    ';;;',
  ]
  for (const header of shadows) assert.equal(read(header), null, JSON.stringify(header))
  assert.equal(read(null), null)
})

test('a name that comes twice is refused, whichever came first and whatever it holds', () => {
  assert.equal(read(`${name}=${value}; ${name}=${value}`), null)
  assert.equal(read(`${name}=; ${name}=${value}`), null)
  assert.equal(read(`${name}=${value}; ${name}="x"`), null)
})

test('the three cookies are told apart', () => {
  const header = `${name}-pending=p; ${name}=s; ${name}-device=d; ${name}-device=again`
  const names = cookieNames('https://account.example.com')
  assert.deepEqual(readCookies(header, names), { session: 's', device: null, pending: 'p' })
})

test('a quoted version attribute beside the real cookie changes nothing', () => {
  assert.equal(read(`$Version=1; ${name}=${value}; $Path=/`), value)
})

test('over https the cookies are tied to the host, and on plain localhost they cannot be', () => {
  const secure = cookieNames('https://account.example.com')
  assert.deepEqual([secure.session, secure.device], [name, '__Host-latchkey-device'])
  const plain = cookieNames('http://localhost:3000')
  assert.deepEqual(
    [plain.session, plain.device, plain.secure],
    ['latchkey', 'latchkey-device', false],
  )
})

test('attributes are those of the decision: Path=/, HttpOnly, SameSite=Lax, Secure', () => {
  const names = cookieNames('https://account.example.com')
  assert.equal(
    secretCookie(names, 'session', { value, expiresAt: null }),
    `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Secure`,
  )
  assert.equal(
    secretCookie(names, 'session', { value, expiresAt: 0 }),
    `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  )
  assert.match(secretCookie(names, 'session', null), /^__Host-latchkey=; .*Max-Age=0$/)
  assert.match(
    secretCookie(names, 'pending', { value, expiresAt: null }),
    /^__Host-latchkey-pending=/,
  )
  assert.match(deviceCookie(names, { value, expiresAt: null }), /Secure; Max-Age=7776000$/)
  assert.doesNotMatch(secretCookie(cookieNames('http://localhost'), 'session', null), /Secure/)
})
