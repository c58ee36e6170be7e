import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { FixtureDriver, MailFixture, MailStory } from '@latchkey/kit'
import { startApp } from '#test/harness/app.ts'
import type { ReadMail } from '#test/harness/mails.ts'
import { setUpOwner } from '#test/harness/people.ts'
import { confirm, type Scene } from '#test/harness/scene.ts'
import { driverOf } from './driver.ts'
import { type AllFixtures, loadFixtures, placeFor } from './module-fixtures.ts'
import { product, settings } from './product.ts'

const { modules } = product

type Words = { readonly subject: string; readonly body: string }

const wordsOf = (folder: URL): Record<string, Words> =>
  JSON.parse(readFileSync(new URL('./en.json', folder), 'utf8'))

const written: readonly (readonly [name: string, words: Words])[] = modules.flatMap((module) =>
  module.mails
    ? Object.entries(wordsOf(module.mails)).map(
        ([name, words]) => [`${module.name}:${name}`, words] as const,
      )
    : [],
)

const escaped = (text: string): string => text.replace(/[.*+?^$()[\]|\\/]/g, '\\$&')

/** Its own words: without when and where it happened, and without why it came. */
const wordsIn = ({ text }: ReadMail): string =>
  (text.split('\n-- \n')[0] ?? '').replace(/(^(When|Device|Where): .*\n)+\n?/gm, '')

/** Which text a mail that arrived was made of. */
const nameOf = (mail: ReadMail): string =>
  written.find(([, { body }]) => {
    const pattern = body.split('\n').map(escaped).join('\\n+')
    return new RegExp(`^${pattern.replace(/\{\{\w+\}\}/g, '.*')}\\n*$`).test(wordsIn(mail))
  })?.[0] ?? `unknown: ${mail.text}`

/** Without the one-time secret that follows it. */
const placeOf = (link: string): string => {
  const { pathname, hash } = new URL(link)
  return pathname + (hash.includes('=') ? '' : hash)
}

const linksIn = ({ text }: ReadMail): string[] =>
  (text.match(/^https?:\/\/\S+$/gm) ?? []).map(placeOf)

type Told = MailStory & { readonly module: string }

const storiesIn = (all: AllFixtures): readonly Told[] =>
  [...all].flatMap(([module, { mailStories = [] }]) =>
    mailStories.map((story) => ({ ...story, module })),
  )

const fixtureOf = (all: AllFixtures, name: string): MailFixture | undefined => {
  const [module = '', mail = ''] = name.split(':')
  return all.get(module)?.mails?.[mail]
}

describe('every mail', () => {
  const scene = { engine: 'sqlite' } as Scene
  let all: AllFixtures
  let driver: FixtureDriver
  before(async () => {
    const open = { LATCHKEY_SIGN_IN_SIGN_UP: 'open', LATCHKEY_TRUSTED_PROXIES: '1' }
    scene.app = await startApp({ engine: 'sqlite', product, settings: { ...settings, ...open } })
    scene.owner = await setUpOwner(scene.app)
    await confirm(scene.owner)
    all = await loadFixtures(modules)
    driver = driverOf(scene, all)
  })
  after(() => scene.app?.stop())

  test('leads where its words say, to pages that are there', async () => {
    const pages = new Set<string>(
      modules.flatMap((module) => [...(module.pages ?? []), ...(module.entrances ?? [])]),
    )
    for (const { module, writes, tell } of storiesIn(all)) {
      const known = (await scene.app.mails()).length
      await tell(driver)
      const mails = (await scene.app.mails()).slice(known)
      const names = new Set(mails.map(nameOf))
      for (const name of writes)
        assert.ok(names.has(`${module}:${name}`), `the story of ${module} wrote no ${name}`)
      for (const mail of mails) {
        assert.deepEqual(linksIn(mail), fixtureOf(all, nameOf(mail))?.leadsTo, nameOf(mail))
        for (const link of linksIn(mail)) assert.ok(pages.has(link.replace(/#.*/, '')), link)
        assert.doesNotMatch(mail.subject + mail.text, /\{\{/)
      }
    }
  })

  test('that exists says where it leads and has a story that writes it', () => {
    const names = written.map(([name]) => name)
    const told = new Set(
      storiesIn(all).flatMap(({ module, writes }) => writes.map((name) => `${module}:${name}`)),
    )
    const missing = [
      ...names
        .filter((name) => !fixtureOf(all, name))
        .map((name) => ({ name, part: 'mails' as const })),
      ...names
        .filter((name) => !told.has(name))
        .map((name) => ({ name, part: 'mailStories' as const })),
    ]
    assert.deepEqual(
      missing.map(({ name, part }) => `${name}: ${placeFor(part, name.split(':')[0] ?? '')}`),
      [],
    )
    const said = [...all].flatMap(([module, { mails = {} }]) =>
      Object.keys(mails).map((name) => `${module}:${name}`),
    )
    assert.deepEqual(
      said.filter((name) => !names.includes(name)),
      [],
      'no mail has these names',
    )
  })

  test('says at once whether anything has to be done', () => {
    const atOnce =
      /^(nothing has to be done|to join|to create|create|rotate|send|look|issue|set up|choose)\b/i
    for (const [name, { body }] of written.filter(([name]) => !fixtureOf(all, name)?.isWarning)) {
      const [first = ''] = body.replace('Hello {{name}},\n', '').split('\n')
      assert.match(first, atOnce, name)
    }
  })

  test('addresses its reader, and nothing in it says “we” or raises its voice', () => {
    for (const [name, { subject, body }] of written)
      assert.doesNotMatch(`${subject} ${body}`, /\b(we|us|our|ours|please|sorry)\b|!/i, name)
  })
})
