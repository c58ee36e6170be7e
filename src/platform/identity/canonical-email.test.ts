import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalEmail } from './canonical-email.ts'

test('one mailbox has one spelling (attack A18)', () => {
  const spellings: readonly (readonly [string, string])[] = [
    ['Ada@Example.COM', 'ada@example.com'],
    ['  ada@example.com\t', 'ada@example.com'],
    ['ada＠example.com', 'ada@example.com'],
    ['ＡＤＡ@example.com', 'ada@example.com'],
    ['\u212Aarl@example.com', 'karl@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada+shop@example.com', 'ada+shop@example.com'],
    ["o'neil.x@sub.example.com", "o'neil.x@sub.example.com"],
    ['ada@localhost', 'ada@localhost'],
  ]
  for (const [typed, canonical] of spellings) assert.equal(canonicalEmail(typed), canonical, typed)
})

test('canonical is final: a second look changes nothing', () => {
  for (const typed of ['ADA＠Bücher.example', '\u212A@Example.com', 'ada@EXAMPLE.com']) {
    const once = canonicalEmail(typed) ?? ''
    assert.equal(canonicalEmail(once), once)
  }
})

test('what is not one plain address is none (attack A18)', () => {
  const refused = [
    '',
    '@',
    'ada',
    'ada@',
    '@example.com',
    'a@b@c',
    'nobody@x',
    'ada@example.c',
    'ada@@example.com',
    'ada@example.com,eve@example.com',
    'ada@example.com;eve@example.com',
    'ada@example.com eve@example.com',
    'ada@example.com\neve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\u0000',
    '"ada"@example.com',
    '"a@b"@example.com',
    'ada(comment)@example.com',
    'Ada <ada@example.com>',
    '.ada@example.com',
    'ada.@example.com',
    'a..da@example.com',
    'ada@-example.com',
    'ada@example-.com',
    'ada@example..com',
    'ada@.example.com',
    'a\u0131da@example.com',
    'ad\u00e4@example.com',
    'ad\u200da@example.com',
    'ad\u200ba@example.com',
    'аda@example.com',
    'ada@exa mple.com',
    'ada@[127.0.0.1',
    'ada@exam_ple.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(130)}com`,
  ]
  for (const typed of refused) assert.equal(canonicalEmail(typed), null, JSON.stringify(typed))
})

test('unusual input takes no time', () => {
  const since = performance.now()
  for (const typed of [`${'a.'.repeat(5000)}@b`, '@'.repeat(10_000), 'ﷺ'.repeat(5000)])
    assert.equal(canonicalEmail(typed), null)
  assert.ok(performance.now() - since < 100)
})
