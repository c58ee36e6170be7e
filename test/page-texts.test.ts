import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

const src = join(import.meta.dirname, '..', 'src')

type Texts = { readonly [key: string]: string | Texts }

/** Said by codes that come from the server; other tests hold them against what there is. */
const byCode = /^(problems|fields|events)\./

/** `items_one` and `items_other` are asked for as `items`. */
const keysIn = (texts: Texts, at = ''): readonly string[] =>
  Object.entries(texts).flatMap(([name, inner]) =>
    typeof inner === 'string'
      ? [at + name.replace(/_(zero|one|two|few|many|other)$/, '')]
      : keysIn(inner, `${at}${name}.`),
  )

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))

const isCode = (path: string): boolean => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path)
const codeUnder = (...folders: readonly string[]): string =>
  folders
    .flatMap(filesUnder)
    .filter(isCode)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')

/** Every key a piece of code may ask for: named whole, or put together in a template. */
const askedIn = (code: string): ((key: string) => boolean) => {
  const whole = new Set([...code.matchAll(/['"`]([\w.-]+)['"`]/g)].map(([, key = '']) => key))
  const patterns = [...code.matchAll(/`([\w.-]*\$\{[^`]*)`/g)]
    .map(([, text = '']) => text.replace(/\$\{[^}]*\}/g, '*'))
    .filter((text) => /^[\w.*-]+$/.test(text) && /\w/.test(text))
    .map((text) => new RegExp(`^${text.replaceAll('.', '\\.').replaceAll('*', '[\\w.-]+')}$`))
  return (key) => whole.has(key) || patterns.some((pattern) => pattern.test(key))
}

const web = codeUnder(join(src, 'web'))
const files = filesUnder(src).filter((path) => path.endsWith(join('texts', 'en.json')))

describe('the words on the pages', () => {
  for (const file of files)
    test(`of ${file.slice(src.length + 1)} are all said somewhere`, () => {
      const home = dirname(dirname(file))
      const isAsked = askedIn(
        home.startsWith(join(src, 'web')) ? codeUnder(src) : web + codeUnder(home),
      )
      const texts = JSON.parse(readFileSync(file, 'utf8')) as Texts
      const unsaid = keysIn(texts).filter((key) => !byCode.test(key) && !isAsked(key))
      assert.deepEqual([...new Set(unsaid)], [])
    })
})
