import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addressBucket, callerAddress, canonicalAddress, isLocalAddress } from './address.ts'
import { readDevice } from './device.ts'
import { locate, locationText } from './location.ts'

describe('addresses', () => {
  test('one address has one spelling', () => {
    const spellings: readonly (readonly [string, string])[] = [
      ['192.0.2.1', '192.0.2.1'],
      [' 192.0.2.1 ', '192.0.2.1'],
      ['192.0.2.1:443', '192.0.2.1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['::FFFF:C000:0201', '192.0.2.1'],
      ['[2001:DB8::1]:443', '2001:db8::1'],
      ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
      ['fe80::1%eth0', 'fe80::1'],
      ['0:0:0:0:0:0:0:1', '::1'],
    ]
    for (const [typed, canonical] of spellings) assert.equal(canonicalAddress(typed), canonical)
  })

  test('what is no address is “unknown”, one bucket for all of it', () => {
    for (const text of ['', 'unknown', '1.2.3', '999.1.1.1', 'example.com', '<script>', '::g'])
      assert.equal(canonicalAddress(text), 'unknown')
  })

  test('X-Forwarded-For is believed only as far as our own proxies wrote it', () => {
    const header = '203.0.113.66, 198.51.100.5, 10.0.0.2'
    assert.equal(callerAddress('10.0.0.3', header, 0), '10.0.0.3')
    assert.equal(callerAddress('10.0.0.3', header, 1), '10.0.0.2')
    assert.equal(callerAddress('10.0.0.3', header, 2), '198.51.100.5')
    assert.equal(callerAddress('10.0.0.3', null, 1), '10.0.0.3')
    assert.equal(callerAddress('10.0.0.3', '203.0.113.66', 2), '10.0.0.3')
    assert.equal(callerAddress('10.0.0.3', 'nonsense', 1), 'unknown')
  })

  test('an IPv6 customer is one bucket, two customers are two', () => {
    assert.equal(addressBucket('192.0.2.1'), '192.0.2.1')
    const same = ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'].map(addressBucket)
    assert.deepEqual(new Set(same), new Set(['2001:db8:1:2::/64']))
    assert.notEqual(addressBucket('2001:db8:1:3::1'), same[0])
    assert.equal(addressBucket('::1'), '0:0:0:0::/64')
    assert.equal(addressBucket('2001:db8::1'), addressBucket('2001:db8::2'))
  })

  test('private and link-local addresses are local, their neighbours are not', () => {
    const local = ['127.0.0.1', '10.9.8.7', '192.168.1.1', '172.16.0.1', '172.31.255.255']
    for (const address of [...local, '169.254.1.1', '100.64.0.1', '::1', 'fd00::1', 'fe80::1'])
      assert.ok(isLocalAddress(address), address)
    for (const address of ['172.32.0.1', '100.128.0.1', '11.0.0.1', '2001:db8::1', 'unknown'])
      assert.ok(!isLocalAddress(address), address)
  })
})

const agents = {
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  chrome:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
} as const

describe('devices', () => {
  const summary = (userAgent: string, hints = {}): unknown[] => {
    const { browser, os, type, engine } = readDevice(userAgent, hints)
    return [browser, os, type, engine]
  }

  test('the usual browsers are named', () => {
    assert.deepEqual(summary(agents.firefox), ['Firefox', 'Windows', 'desktop', 'Gecko'])
    assert.deepEqual(summary(agents.chrome), ['Chrome', 'Linux', 'desktop', 'Blink'])
    assert.deepEqual(summary(agents.safari), ['Safari', 'macOS', 'desktop', 'WebKit'])
    assert.deepEqual(summary(agents.iphone), ['Safari', 'iOS', 'phone', 'WebKit'])
    assert.equal(readDevice(agents.firefox, {}).browserVersion, '144.0')
    assert.equal(readDevice(agents.firefox, {}).architecture, 'x86-64')
    assert.equal(readDevice(agents.iphone, {}).model, 'iPhone')
  })

  test('what every browser on a Mac claims is not taken for its version', () => {
    assert.equal(readDevice(agents.safari, {}).osVersion, null)
    const hints = { platform: 'macOS', platformVersion: '26.1.0' }
    assert.equal(readDevice(agents.safari, hints).osVersion, '26.1.0')
    const older = agents.safari.replace('10_15_7', '10_14_6')
    assert.equal(readDevice(older, {}).osVersion, 'Mojave')
  })

  test('a program is called a program, by its own name', () => {
    const curl = readDevice('curl/8.14.1', {})
    assert.deepEqual([curl.browser, curl.browserVersion, curl.type], ['curl', '8.14.1', 'program'])
  })

  test('client hints know more than the user agent says', () => {
    const hints = {
      platform: 'Windows',
      platformVersion: '15.0.0',
      architecture: 'arm',
      bitness: '64',
    }
    const device = readDevice(agents.chrome, hints)
    assert.deepEqual(
      [device.os, device.osVersion, device.architecture],
      ['Windows', '11', 'arm-64'],
    )
    assert.equal(
      readDevice(agents.chrome, { platform: 'Android', model: 'Pixel 9' }).model,
      'Pixel 9',
    )
  })

  test('nothing and nonsense are harmless', () => {
    assert.equal(readDevice('', {}).type, 'unknown')
    const odd = readDevice(`${'('.repeat(5000)}\u0000\u001b[31m`, {
      platform: `\u0007${'x'.repeat(200)}`,
    })
    assert.ok((odd.os ?? '').length <= 60)
    assert.doesNotMatch(JSON.stringify(odd), /\\u00/)
  })

  test('a made-up user agent of the longest length takes no time', () => {
    const since = performance.now()
    for (const text of ['Mozilla/5.0 '.repeat(60), 'a/'.repeat(400), ' '.repeat(20_000)])
      readDevice(text, {})
    assert.ok(performance.now() - since < 200)
  })
})

describe('locations', () => {
  test('a public address has a country, a private one is local, nonsense is unknown', async () => {
    const hetzner = await locate('88.198.0.1')
    assert.deepEqual([hetzner.kind, hetzner.countryCode], ['country', 'DE'])
    assert.match(locationText(hetzner) ?? '', /DE$/)
    assert.equal((await locate('2a01:4f8::1')).countryCode, 'DE')
    assert.equal(locationText(await locate('192.168.0.4')), 'local')
    for (const address of ['unknown', '', 'not an address'])
      assert.equal(locationText(await locate(address)), null, address)
  })
})
