import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Letter, ModuleSpec } from '@latchkey/kit'
import i18next, { type i18n } from 'i18next'

export type RenderedMail = {
  readonly subject: string
  readonly text: string
  readonly html: string
}
export type MailTexts = { readonly render: (letter: Letter) => RenderedMail }

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** One line of plain words: no line breaks that could start another header, no direction overrides, bounded. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .trim()
    .slice(0, 200)

/** A break in a value would start a paragraph of its own, and a paragraph may be a link. */
const withoutBreaks = (value: string): string =>
  value.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ')

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

const paragraph = (line: string): string => {
  const escaped = escapeHtml(line)
  const link = /^https?:\/\/\S+$/.test(line)
  return link
    ? `<p><a href="${escaped}" style="color:#0f766e">${escaped}</a></p>`
    : `<p>${escaped}</p>`
}

const page = (lines: readonly string[]): string =>
  `<!doctype html><html><body style="margin:0;padding:24px;background:#fafaf9;color:#1c1917;font:15px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border:1px solid #e7e5e4;border-radius:8px">
${lines.map(paragraph).join('\n')}
</div></body></html>`

/**
 * A mail is two texts of its module, `<name>.subject` and `<name>.body`, the body one line per paragraph.
 * Values are put in as plain text and escaped afterwards, so no value can become markup.
 */
export const createMailTexts = (modules: readonly ModuleSpec[]): MailTexts => {
  const texts = loadTexts(modules)
  return {
    render: (letter) => {
      const values = Object.fromEntries(
        Object.entries(letter.values).map(([name, value]) => [name, withoutBreaks(value)]),
      )
      const say = (part: string): string =>
        texts.t(`${letter.text}.${part}`, { ...values, lng: letter.locale ?? 'en' })
      const lines = say('body')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
      return {
        subject: oneLine(say('subject')),
        text: `${lines.join('\n\n')}\n`,
        html: page(lines),
      }
    },
  }
}
