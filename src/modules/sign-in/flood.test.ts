import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { test } from 'node:test'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import { countStatuses, fromElsewhere, onEachEngine, times } from '#test/harness/scene.ts'

const waitOf = (text: unknown): number => Number(text)

onEachEngine('a flood of sign-ins (A22)', (scene) => {
  const guess = (index: number) =>
    scene.app
      .newBrowser()
      .do(
        'sign-in.start',
        { email: `nobody${index}@example.com`, password: `guess number ${index}` },
        fromElsewhere(),
      )

  test('is worked off or sent away with a time to come back, while everything else goes on', async () => {
    let isOver = false
    const flood = Promise.all(times(90, guess)).finally(() => {
      isOver = true
    })
    const [health, me]: [number[], number[]] = [[], []]
    const ask = async (path: string, into: number[]) => {
      const since = performance.now()
      const answer = await scene.owner.browser.fetch({ method: 'GET', path })
      into.push(performance.now() - since)
      assert.equal(answer.status, 200, answer.text)
    }
    while (!isOver) {
      await ask('/healthz', health)
      await ask('/api/v1/account/me', me)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const answers = await flood
    const counts = countStatuses(answers)
    assert.deepEqual(
      Object.keys(counts).filter((status) => !['401', '429', '503'].includes(status)),
      [],
    )
    assert.ok((counts[401] ?? 0) > 0, 'some were worked off')
    assert.ok((counts[503] ?? 0) + (counts[429] ?? 0) > 0, 'not all were taken in')
    for (const { status, headers } of answers.filter((answer) => answer.status !== 401))
      assert.ok(waitOf(headers['retry-after']) >= 1, `${status} without a time to come back`)
    // The promise is 250 and 500 ms on an idle machine; this one is shared with whatever else is being tested.
    const slow = [health, me].map(
      (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.8)],
    )
    assert.ok(
      slow.every((ms) => (ms ?? 0) < 500),
      `answers took ${slow} ms`,
    )
  })

  test('being sent away because of it is no guess: who tries on is not locked out', async () => {
    const flood = Promise.all(times(80, guess))
    const { email, password } = scene.owner
    const statuses: number[] = []
    while (!statuses.includes(200) && statuses.length < 200) {
      const browser = scene.app.newBrowser()
      const answer = await browser.do('sign-in.start', { email, password }, fromElsewhere())
      statuses.push(answer.status)
    }
    await flood
    assert.equal(statuses.at(-1), 200)
    assert.ok(!statuses.includes(429), statuses.join())
  })

  test('leaves nothing behind: right after it people sign in as ever', async () => {
    const browser = await signIn(scene.app, scene.owner)
    assert.equal((await browser.do('account.me')).status, 200)
  })

  test('guesses at one account from everywhere do not lock its owner out of a known browser', async () => {
    const { email, password } = scene.owner
    const browser = await signIn(scene.app, scene.owner)
    await browser.do('sign-in.end')
    const guesses = times(20, (index) =>
      scene.app
        .newBrowser()
        .do('sign-in.start', { email, password: `guess number ${index}` }, fromElsewhere()),
    )
    const counts = countStatuses(await Promise.all(guesses))
    assert.equal(counts[200], undefined)
    assert.ok((counts[401] ?? 0) <= 6, 'twenty at once are no more than five and one')
    const home = await browser.do('sign-in.start', { email, password })
    assert.equal(home.status, 200, home.text)
  })
})

onEachEngine('nobody is mistaken for somebody else under load (A60)', (scene) => {
  const people: Person[] = []

  test('two thousand answers, aborted and reused connections among them, each to its own caller', async () => {
    for (const name of ['Ben', 'Cleo', 'Dora', 'Emil', 'Finn'])
      people.push(await joinAs(scene.app, scene.owner, name))
    people.push(scene.owner)
    const agent = new Agent({ keepAlive: true, maxSockets: 24 })
    const { port } = new URL(scene.app.url)
    let [right, aborted] = [0, 0]
    const read = async (incoming: IncomingMessage, expected: string) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const body = JSON.parse(Buffer.concat(chunks).toString())
      assert.equal(body.userId ?? body.code, expected)
      if (body.instance) assert.equal(body.instance, incoming.headers['x-request-id'])
      right += 1
    }
    const ask = async (index: number) => {
      const person = people[index % people.length] ?? scene.owner
      const isStranger = index % 11 === 0
      const headers = person.browser.headers('GET')
      if (isStranger) headers.cookie = `latchkey=${'A'.repeat(43)}`
      const path = index % 3 ? '/api/v1/account/me' : '/api/v1/account/profile'
      const outgoing = request({ host: '127.0.0.1', port, path, headers, agent }).end()
      if (index % 7 === 0) setTimeout(() => outgoing.destroy(), index % 5)
      try {
        const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
        await read(incoming, isStranger ? 'auth.sign_in_required' : person.userId)
      } catch (error) {
        // Given up on the way; everything else is what this is about.
        if (!outgoing.destroyed || error instanceof assert.AssertionError) throw error
        aborted += 1
      }
    }
    await Promise.all(times(2000, ask))
    agent.destroy()
    assert.ok(right > 1500, `${right} answers`)
    assert.ok(aborted > 0, 'some were given up on the way')
  })
})
