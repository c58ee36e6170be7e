// long: two thousand answers instead of four hundred.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { test } from 'node:test'
import { long } from '#test/harness/long.ts'
import { joinAs, type Person } from '#test/harness/people.ts'
import { onEachEngine, times } from '#test/harness/scene.ts'

const nobody = `latchkey=${'A'.repeat(43)}`

/** Null when the caller disconnected before the answer. */
const answerTo = async (outgoing: ClientRequest): Promise<IncomingMessage | null> => {
  try {
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return incoming
  } catch {
    return null
  }
}

const readBody = async (incoming: IncomingMessage): Promise<Record<string, unknown> | null> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return null
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}

onEachEngine('no user is mistaken for another (A60)', (scene) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 24 })
  const people: Person[] = []
  let [answered, abandoned] = [0, 0]

  const send = (index: number, headers: Record<string, string>): ClientRequest => {
    const { port } = new URL(scene.app.url)
    const path = `/api/v1/account/${index % 3 ? 'me' : 'profile'}`
    const outgoing = request({ host: '127.0.0.1', port, path, headers, agent }).end()
    if (index % 7 === 0) setTimeout(() => outgoing.destroy(), index % 5)
    return outgoing
  }

  const ask = async (index: number): Promise<void> => {
    const person = people[index % people.length] ?? scene.owner
    const isStranger = index % 11 === 0
    const headers = person.browser.headers('GET')
    const incoming = await answerTo(
      send(index, isStranger ? { ...headers, cookie: nobody } : headers),
    )
    const body = incoming && (await readBody(incoming))
    if (!incoming || !body) {
      abandoned += 1
      return
    }
    answered += 1
    assert.equal(body.userId ?? body.code, isStranger ? 'auth.sign_in_required' : person.userId)
    if (isStranger) assert.equal(body.instance, incoming.headers['x-request-id'])
  }

  test('of hundreds of answers at once, with connections reused and given up, each is its caller’s', async () => {
    people.push(scene.owner)
    for (const name of ['Ben', 'Cleo', 'Dora', 'Emil', 'Finn'])
      people.push(await joinAs(scene.app, scene.owner, name))
    await Promise.all(times(long(2000, 400), ask))
    agent.destroy()
    assert.ok(answered > long(1500, 300), `${answered} answers`)
    assert.ok(abandoned > 0, 'some were given up on the way')
  })
})
