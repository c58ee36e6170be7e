import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { joinAs, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'

type Colour = { readonly r: number; readonly g: number; readonly b: number }
const red: Colour = { r: 220, g: 20, b: 30 }
const green: Colour = { r: 20, g: 200, b: 30 }
const blue: Colour = { r: 20, g: 40, b: 220 }

const plain = (width: number, height: number, background: Colour = red) =>
  sharp({ create: { width, height, channels: 3, background } })

/** Left half red, right half blue. */
const halves = async (width: number, height: number) => {
  const right = await plain(width / 2, height, blue)
    .png()
    .toBuffer()
  return plain(width, height).composite([{ input: right, left: width / 2, top: 0 }])
}

const colourAt = async (bytes: Buffer, part: readonly [number, number]): Promise<string> => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const [x, y] = part.map((one) => Math.floor(one * (info.width - 1))) as [number, number]
  const at = (y * info.width + x) * info.channels
  return (data[at] ?? 0) > (data[at + 2] ?? 0) ? 'red' : 'blue'
}

onEachEngine('your picture', (scene) => {
  const put = (content: Uint8Array, type = 'image/png', crop = {}) =>
    scene.owner.browser.do('account.set-picture', { content, ...crop }, { 'content-type': type })

  const get = async (browser = scene.owner.browser, userId = scene.owner.userId) =>
    browser.do('account.read-picture', { userId })

  const formats = {
    'image/jpeg': () => plain(900, 700).jpeg().toBuffer(),
    'image/png': () => plain(700, 900).png().toBuffer(),
    'image/gif': () => plain(300, 300).gif().toBuffer(),
    'image/webp': () => plain(64, 64).webp().toBuffer(),
  } as const

  for (const [type, make] of Object.entries(formats))
    test(`${type} is taken, and comes back as a square of 512 made anew`, async () => {
      const original = await make()
      const done = await put(original, type)
      assert.equal(done.status, 200, done.text)
      const fetched = await scene.owner.browser.fetch({ method: 'GET', path: done.body.pictureUrl })
      assert.equal(fetched.status, 200)
      assert.equal(fetched.headers['content-type'], 'image/webp')
      const { format, width, height } = await sharp(fetched.bytes).metadata()
      assert.deepEqual([format, width, height], ['webp', 512, 512])
      assert.ok(!fetched.bytes.equals(original))
    })

  test('it is served so that nothing in it can run', async () => {
    const { headers } = await get()
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /sandbox/)
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['cache-control'], 'private, no-cache')
  })

  test('where it was taken, with what and by whom stays behind (EXIF, GPS, XMP)', async () => {
    const exif = {
      IFD0: { Artist: 'Canary Photographer', Make: 'CanaryCam' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
    }
    const original = await plain(600, 600).withExif(exif).withXmp('<x>Canary</x>').jpeg().toBuffer()
    assert.ok(original.includes('Canary'))
    assert.equal((await put(original, 'image/jpeg')).status, 200)
    const { bytes } = await get()
    const found = await sharp(bytes).metadata()
    assert.deepEqual([found.exif, found.xmp, found.icc, found.iptc], Array(4).fill(undefined))
    assert.ok(!bytes.includes('Canary'))
  })

  test('what hides behind the picture in the same file stays behind', async () => {
    const polyglot = Buffer.concat([
      await plain(80, 80).gif().toBuffer(),
      Buffer.from('/*canary*/alert(1);<script>canary</script>PK\u0003\u0004'),
    ])
    assert.equal((await put(polyglot, 'image/gif')).status, 200)
    assert.ok(!(await get()).bytes.includes('canary'))
  })

  test('the chosen part is what is shown', async () => {
    const bytes = await (await halves(800, 400)).png().toBuffer()
    await put(bytes, 'image/png', { left: 0, top: 0, width: 0.5, height: 1 })
    assert.equal(await colourAt((await get()).bytes, [0.95, 0.5]), 'red')
    await put(bytes, 'image/png', { left: 0.5, top: 0, width: 0.5, height: 1 })
    assert.equal(await colourAt((await get()).bytes, [0.05, 0.5]), 'blue')
    await put(bytes, 'image/png')
    assert.equal(await colourAt((await get()).bytes, [0.05, 0.5]), 'red')
    assert.equal(await colourAt((await get()).bytes, [0.95, 0.5]), 'blue')
  })

  test('the part is meant as the picture is seen, also when the camera was held sideways', async () => {
    // Orientation 6: stored lying down, shown turned to the right. What is stored left is shown on top.
    const turned = await (await halves(800, 400)).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    await put(turned, 'image/jpeg', { left: 0, top: 0, width: 1, height: 0.5 })
    for (const place of [
      [0.1, 0.1],
      [0.9, 0.9],
    ] as const)
      assert.equal(await colourAt((await get()).bytes, place), 'red', `${place}`)
    await put(turned, 'image/jpeg', { left: 0, top: 0.5, width: 1, height: 0.5 })
    for (const place of [
      [0.1, 0.1],
      [0.9, 0.9],
    ] as const)
      assert.equal(await colourAt((await get()).bytes, place), 'blue', `${place}`)
  })

  test('a part at or over the edge is cut to the picture; one that is no part is refused', async () => {
    const bytes = await plain(300, 200).png().toBuffer()
    for (const crop of [
      { left: 1, top: 1, width: 1, height: 1 },
      { left: 0.9, top: 0.9, width: 0.5, height: 0.5 },
      { left: 0, top: 0, width: 0.0001, height: 0.0001 },
    ])
      assert.equal((await put(bytes, 'image/png', crop)).status, 200)
    for (const crop of [
      { left: -0.1, top: 0, width: 1, height: 1 },
      { left: 0, top: 0, width: 0, height: 1 },
      { left: 0, top: 0, width: 2, height: 1 },
      { left: 'NaN', top: 0, width: 1, height: 1 },
      { left: 'Infinity', top: 0, width: 1, height: 1 },
      { zoom: 1 },
    ])
      assertRefused(await put(bytes, 'image/png', crop), 400, 'http.invalid_input')
    scene.app.clock.advance(minutes(11))
  })

  test('of an animation the first picture is kept', async () => {
    const frames = await Promise.all(
      [red, blue, green].map((one) => plain(60, 60, one).png().toBuffer()),
    )
    const animated = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
    assert.equal((await sharp(animated).metadata()).pages, 3)
    assert.equal((await put(animated, 'image/gif')).status, 200)
    const { bytes } = await get()
    assert.equal((await sharp(bytes).metadata()).pages, undefined)
    assert.equal(await colourAt(bytes, [0.5, 0.5]), 'red')
  })

  test('transparency, grey, 16 bits and CMYK are all made into the same kind of picture', async () => {
    const grey = await plain(90, 90).greyscale().toColourspace('b-w').png().toBuffer()
    const clear = await sharp({
      create: { width: 9, height: 9, channels: 4, background: { ...red, alpha: 0 } },
    })
      .png()
      .toBuffer()
    const deep = await plain(90, 90).toColourspace('rgb16').png().toBuffer()
    const print = await plain(90, 90).toColourspace('cmyk').jpeg().toBuffer()
    for (const [bytes, type] of [
      [grey, 'image/png'],
      [clear, 'image/png'],
      [deep, 'image/png'],
      [print, 'image/jpeg'],
    ] as const) {
      const done = await put(bytes, type)
      assert.equal(done.status, 200, done.text)
    }
  })

  test('a browser that has it need not fetch it again, and sees a new one at once', async () => {
    await put(await plain(100, 100, red).png().toBuffer())
    const first = await get()
    const etag = String(first.headers.etag)
    const ask = (path: string, headers: Record<string, string>) =>
      scene.owner.browser.fetch({ method: 'GET', path, headers })
    const path = `/api/v1/people/${scene.owner.userId}/picture`
    const same = await ask(path, { 'if-none-match': etag })
    assert.deepEqual([same.status, same.bytes.length], [304, 0])
    const before = (await scene.owner.browser.do('account.me')).body.pictureUrl
    await put(await plain(100, 100, blue).png().toBuffer())
    assert.notEqual((await scene.owner.browser.do('account.me')).body.pictureUrl, before)
    assert.equal((await ask(path, { 'if-none-match': etag })).status, 200)
  })

  test('colleagues see it; strangers do not; no caller can tell why there is none', async () => {
    const owner = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    const ben = await joinAs(scene.app, owner, 'Ben', 'viewer')
    assert.equal((await get(ben.browser)).status, 200)
    assertRefused(await get(scene.app.newBrowser()), 401, 'auth.sign_in_required')
    const said = []
    for (const userId of [ben.userId, 'usr_00000000000000000000000000', 'x', '..%2f..']) {
      const refused = await get(ben.browser, userId)
      assertRefused(refused, 404, 'account.picture_not_found')
      const { instance: _, ...rest } = refused.body
      said.push(JSON.stringify(rest))
    }
    assert.equal(new Set(said).size, 1)
  })

  test('a user who signed out no longer sees it, not even “unchanged”', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const etag = String((await get(browser)).headers.etag)
    await browser.do('sign-in.end')
    const path = `/api/v1/people/${scene.owner.userId}/picture`
    const answer = await browser.fetch({ method: 'GET', path, headers: { 'if-none-match': etag } })
    assert.equal(answer.status, 401)
  })

  test('it can be removed, twice without complaint, and then initials are shown', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const written = await announcedBy(browser, async () => {
      for (let time = 0; time < 2; time += 1)
        assert.equal((await browser.do('account.remove-picture')).status, 200)
    })
    assert.deepEqual(written, ['user.profile:updated success'])
    assert.deepEqual((await activityOf(browser))[0]?.data, { fields: ['picture'] })
    assertRefused(await get(browser), 404, 'account.picture_not_found')
    assert.equal((await browser.do('account.me')).body.pictureUrl, null)
  })
})
