import assert from 'node:assert/strict'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { test } from 'node:test'
import { makeToken } from '#test/harness/keys.ts'
import { productWith } from '#test/harness/product.ts'
import { assertRefused, onEachEngine } from '#test/harness/scene.ts'
import { blobBytesMax, type Stage, streamsModule } from './streams.ts'

const stage = (): Stage & { letGo: () => void } => {
  let letGo = (): void => undefined
  return {
    arrived: 0,
    isLeft: false,
    next: () =>
      new Promise((resolve) => {
        letGo = resolve
      }),
    letGo: () => letGo(),
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const shown = stage()

onEachEngine(
  'a body that is never whole',
  (scene) => {
    const open = (method: string, path: string, headers: Record<string, string>): ClientRequest =>
      request(`http://127.0.0.1:${new URL(scene.app.url).port}${path}`, { method, headers })
    const answered = (outgoing: ClientRequest): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        outgoing.once('response', resolve)
        outgoing.once('error', reject)
      })
    const asOwner = async (): Promise<Record<string, string>> => ({
      host: 'localhost',
      authorization: `Bearer ${(await makeToken(scene.owner)).token}`,
    })
    const type = { 'content-type': 'application/octet-stream' }

    test('reaches the rule as it arrives', async () => {
      shown.arrived = 0
      const outgoing = open('PUT', '/blobs/a', { ...(await asOwner()), ...type })
      outgoing.write(Buffer.alloc(1000))
      await until(() => shown.arrived === 1000)
      outgoing.end(Buffer.alloc(500))
      const answer = await answered(outgoing)
      const body = JSON.parse(Buffer.concat(await Array.fromAsync(answer)).toString())
      assert.equal(body.bytes, 1500)
      assert.ok(body.pieces >= 2)
    })

    test('is refused where it turns out to be too large, said beforehand or not', async () => {
      const headers = { ...(await asOwner()), ...type }
      const browser = scene.app.newBrowser()
      const put = { method: 'PUT', path: '/blobs/a' }
      const body = Buffer.alloc(blobBytesMax + 1)
      shown.arrived = 0
      const declared = { ...headers, 'content-length': String(body.length) }
      assertRefused(
        await browser.send({ ...put, headers: declared, body }),
        413,
        'http.body_too_large',
      )
      assert.equal(shown.arrived, 0)
      assertRefused(await browser.send({ ...put, headers, body }), 413, 'http.body_too_large')
      assert.ok(shown.arrived <= blobBytesMax)
      const wrong = { ...headers, 'content-type': 'text/html' }
      const refused = await browser.send({ ...put, headers: wrong, body: 'x' })
      assertRefused(refused, 415, 'http.content_type')
    })

    test('leaves as the rule produces it', async () => {
      const outgoing = open('GET', '/blobs', await asOwner())
      outgoing.end()
      const answer = await answered(outgoing)
      assert.equal(answer.headers['content-type'], 'text/plain')
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
      const pieces: string[] = []
      for await (const piece of answer) {
        pieces.push(String(piece))
        shown.letGo()
      }
      assert.deepEqual(pieces, ['1\n', '2\n', '3\n'])
    })

    test('ends with the caller that leaves', async () => {
      shown.isLeft = false
      const outgoing = open('GET', '/blobs', await asOwner())
      outgoing.end()
      const answer = await answered(outgoing)
      for await (const piece of answer) {
        assert.equal(String(piece), '1\n')
        break
      }
      outgoing.destroy()
      // The rule is in the middle of the next piece: it hears of it when that is done.
      await until(() => {
        shown.letGo()
        return shown.isLeft
      })
    })

    test('is documented as what it is', async () => {
      const { body } = await scene.owner.browser.fetch({ method: 'GET', path: '/api/openapi.json' })
      const { put } = body.paths['/blobs/{name}']
      assert.deepEqual(Object.keys(put.requestBody.content), ['application/octet-stream'])
      assert.ok(body.paths['/blobs'].get.responses[200].content['text/plain'])
    })
  },
  { product: productWith([streamsModule(shown)]) },
)
