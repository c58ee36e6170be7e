import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Letter, ModuleSpec } from '@latchkey/kit'
import i18next, { type i18n } from 'i18next'
import { factsAfter, type MailPage, mailPage } from './mail-page.ts'

type RenderedMail = {
  readonly subject: string
  readonly text: string
  readonly html: string
}
/** `from`: name of the organisation, as users know it. */
export type MailTexts = { readonly render: (letter: Letter, from?: string) => RenderedMail }

/** One line of plain words: no line breaks that could start another header, no direction overrides, bounded. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .trim()
    .slice(0, 200)

/** A line break in a value would start a new paragraph, which may be a link. */
const withoutBreaks = (value: string): string =>
  value.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ')

/** Until there is an organisation, and for the operator's test mail. */
const productName = 'Latchkey'

const loadTexts = (modules: readonly ModuleSpec[]): i18n => {
  const resources: Record<string, Record<string, object>> = {}
  const own = { name: 'platform', mails: new URL('./mails/', import.meta.url) }
  for (const module of [own, ...modules]) {
    if (!module.mails) continue
    const folder = fileURLToPath(module.mails)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      const locale = file.slice(0, -'.json'.length)
      resources[locale] ??= {}
      resources[locale][module.name] = JSON.parse(
        readFileSync(`${folder}/${file}`, 'utf8'),
      ) as object
    }
  }
  const texts = i18next.createInstance()
  texts.init({
    resources,
    lng: 'en',
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false },
  })
  return texts
}

/** In words and with the time zone: the reader does not know where the server stands. */
const momentText = (moment: string, language: string): string =>
  new Intl.DateTimeFormat(language, {
    ...{ year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone: 'UTC', timeZoneName: 'short' },
  }).format(new Date(moment))

type Values = Readonly<Record<string, string>>
/** Translates a text of the platform's own. */
type Say = (key: string) => string

const placeText = ({ city, country }: Values, say: Say, language: string): string => {
  if (!country) return ''
  if (country === 'local') return say('facts.local')
  const name = new Intl.DisplayNames(language, { type: 'region', fallback: 'code' }).of(country)
  return [city, name].filter(Boolean).join(', ')
}

/** Facts of the act that a security notice reports. A mail without a moment reports no act. */
const factsOf = (values: Values, say: Say, language: string): MailPage['facts'] => {
  const { happenedAt, device = '', address = '' } = values
  if (!happenedAt) return []
  const place = placeText(values, say, language)
  const where = place && address ? `${place} (${address})` : place || address
  const facts = [
    [say('facts.when'), momentText(happenedAt, language)],
    [say('facts.device'), device === 'program' ? say('facts.program') : device],
    [say('facts.where'), where],
  ] as const
  return facts.filter(([, value]) => value !== '')
}

/**
 * A mail is two texts of its module, `<name>.subject` and `<name>.body`, the body one line per paragraph.
 * Values are put in as plain text and escaped afterwards, so no value can become markup.
 */
export const createMailTexts = (modules: readonly ModuleSpec[]): MailTexts => {
  const texts = loadTexts(modules)
  return {
    render: (letter, from = productName) => {
      const language = letter.locale ?? 'en'
      const values = Object.fromEntries(
        Object.entries(letter.values).map(([name, value]) => [name, withoutBreaks(value)]),
      )
      const about = { from: oneLine(from), to: letter.to, lng: language }
      const say = (part: string): string =>
        texts.t(`${letter.text}.${part}`, { ...values, lng: language })
      const sayOwn: Say = (key) => texts.t(`platform:${key}`, about)
      const lines = say('body')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
      const facts = factsOf(values, sayOwn, language)
      const reason = sayOwn('reason')
      const factLines = facts.map(([label, value]) => `${label}: ${value}`).join('\n')
      const parts = [
        ...lines.slice(0, factsAfter),
        factLines,
        ...lines.slice(factsAfter),
        `-- \n${about.from}\n${reason}`,
      ].filter(Boolean)
      return {
        subject: oneLine(say('subject')),
        text: `${parts.join('\n\n')}\n`,
        html: mailPage({ language, from: about.from, lines, facts, reason }),
      }
    },
  }
}
