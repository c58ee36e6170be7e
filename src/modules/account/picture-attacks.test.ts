// own process: it measures memory.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { assertRefused, minutes, onEachEngine, times } from '#test/harness/scene.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

const chunk = (type: string, data: Uint8Array): Buffer => {
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)]
  head.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(type), data])
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

/** A few kilobytes that claim to be, and unpack to, any number of grey pixels. */
const pngOf = (width: number, height: number, extra: readonly Buffer[] = []): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(Math.min((Math.ceil(width / 8) + 1) * height, 60_000_000)))
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'

onEachEngine('what is not a picture (A84)', (scene) => {
  const put = (content: Uint8Array, type = 'image/png') =>
    scene.owner.browser.do('account.set-picture', { content }, { 'content-type': type })

  const assertNone = async () =>
    assert.equal((await scene.owner.browser.do('account.me')).body.pictureUrl, null)

  const disguised: readonly [string, Uint8Array][] = [
    ['a text file', Buffer.from('hello, this is a text file')],
    ['a web page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['an SVG with a script', Buffer.from(svg)],
    ['an SVG behind an XML line', Buffer.from(`<?xml version="1.0"?>\n${svg}`)],
    ['a PDF', Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj')],
    ['a zip archive', Buffer.from('PK\u0003\u0004aaaaaaaaaaaaaaaaaaaa')],
    ['nothing at all', Buffer.alloc(0)],
    ['one byte', Buffer.from([0x89])],
    ['only the first bytes of a PNG', signature],
    ['only the first bytes of a JPEG', Buffer.from([0xff, 0xd8, 0xff])],
    ['only the first bytes of a GIF', Buffer.from('GIF89a')],
    ['only the first bytes of a WebP', Buffer.from('RIFF\u0000\u0000\u0000\u0000WEBP')],
    ['a page that starts like a GIF', Buffer.from('GIF89a=1;</script><script>alert(1)</script>')],
    ['a film that says RIFF', Buffer.from('RIFF\u0000\u0000\u0000\u0000AVI LIST')],
  ]
  for (const [what, bytes] of disguised)
    test(`${what} named .png is refused`, async () => {
      assertRefused(await put(bytes), 422, 'account.picture_unreadable')
      await assertNone()
      scene.app.clock.advance(minutes(1))
    })

  test('a picture of another kind than those four is refused, whatever it is called', async () => {
    const base = sharp({ create: { width: 50, height: 50, channels: 3, background: 'red' } })
    const others = [await base.clone().tiff().toBuffer(), await base.clone().avif().toBuffer()]
    for (const bytes of others) assertRefused(await put(bytes), 422, 'account.picture_unreadable')
  })

  test('a file that breaks off is refused', async () => {
    const whole = await sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
    for (const [type, bytes] of [
      ['image/jpeg', await whole.clone().jpeg().toBuffer()],
      ['image/png', await whole.clone().png().toBuffer()],
      ['image/webp', await whole.clone().webp().toBuffer()],
    ] as const)
      assertRefused(
        await put(bytes.subarray(0, Math.floor(bytes.length / 2)), type),
        422,
        'account.picture_unreadable',
      )
    await assertNone()
    scene.app.clock.advance(minutes(11))
  })

  test('20,000 × 20,000 pixels in a small file are refused at once, without being unpacked', async () => {
    const bomb = pngOf(20_000, 20_000)
    assert.ok(bomb.length < 200_000, `${bomb.length} bytes`)
    const memory = process.memoryUsage.rss()
    const since = performance.now()
    assertRefused(await put(bomb), 422, 'account.picture_unreadable')
    const taken = performance.now() - since
    assert.ok(taken < 1500, `${taken} ms`)
    assert.ok(process.memoryUsage.rss() - memory < 120 * 1024 * 1024, 'bounded memory')
    for (const [width, height] of [
      [60_000, 60_000],
      [1_000_000, 1],
      [7072, 7072],
      [0, 0],
    ] as const)
      assertRefused(await put(pngOf(width, height)), 422, 'account.picture_unreadable')
  })

  test('ten of them at once leave everybody else undisturbed', async () => {
    const bomb = pngOf(20_000, 20_000)
    const answers = await Promise.all(times(10, () => put(bomb)))
    for (const { status } of answers) assert.ok(status === 422 || status === 503, `${status}`)
    assert.equal((await scene.owner.browser.do('account.me')).status, 200)
    scene.app.clock.advance(minutes(11))
  })

  test('a text chunk that unpacks to a hundred megabytes is of no interest', async () => {
    const bomb = Buffer.concat([
      Buffer.from('Comment\u0000\u0000'),
      deflateSync(Buffer.alloc(100_000_000)),
    ])
    const bytes = pngOf(64, 64, [chunk('zTXt', bomb)])
    assert.ok(bytes.length < 200_000)
    const since = performance.now()
    const { status } = await put(bytes)
    assert.ok(status === 200 || status === 422, `${status}`)
    assert.ok(performance.now() - since < 2000)
    await scene.owner.browser.do('account.remove-picture')
  })

  test('more than two megabytes are refused, said or unsaid', async () => {
    const large = Buffer.concat([signature, Buffer.alloc(2 * 1024 * 1024)])
    assertRefused(await put(large), 413, 'http.body_too_large')
    const browser = scene.owner.browser
    // Without a length: sent in chunks, so the server has to count.
    const chunked = await browser.fetch({
      method: 'PUT',
      path: '/api/v1/account/picture',
      headers: { 'content-type': 'image/png', 'transfer-encoding': 'chunked' },
      body: large,
    })
    assertRefused(chunked, 413, 'http.body_too_large')
    await assertNone()
  })

  test('exactly two megabytes are looked at', async () => {
    const padded = Buffer.concat([pngOf(32, 32), Buffer.alloc(2 * 1024 * 1024)]).subarray(
      0,
      2 * 1024 * 1024,
    )
    assert.equal((await put(padded)).status, 200)
    await scene.owner.browser.do('account.remove-picture')
  })

  test('another content type is refused before the file is read', async () => {
    const fine = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    for (const type of [
      'image/svg+xml',
      'text/html',
      'application/octet-stream',
      'multipart/form-data',
      'application/json',
      '',
    ])
      assertRefused(await put(fine, type), 415, 'http.content_type')
    await assertNone()
  })

  test('one kind that calls itself another is taken for what it is', async () => {
    const jpeg = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    assert.equal((await put(jpeg, 'image/gif')).status, 200)
    const { headers } = await scene.owner.browser.do('account.read-picture', {
      userId: scene.owner.userId,
    })
    assert.equal(headers['content-type'], 'image/webp')
    await scene.owner.browser.do('account.remove-picture')
  })

  test('an upload from another site, without the token or without a session goes nowhere', async () => {
    const fine = pngOf(16, 16)
    const { browser } = scene.owner
    const send = (headers: Record<string, string>) =>
      browser.do(
        'account.set-picture',
        { content: fine },
        { 'content-type': 'image/png', ...headers },
      )
    assertRefused(await send({ origin: 'https://evil.example' }), 403, 'http.foreign_origin')
    assertRefused(await send({ 'x-csrf-token': 'x' }), 403, 'http.csrf_token')
    const visitor = scene.app.newBrowser()
    assertRefused(
      await visitor.do('account.set-picture', { content: fine }),
      401,
      'auth.sign_in_required',
    )
    await assertNone()
  })
})
