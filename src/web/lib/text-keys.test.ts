import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TextKey } from './text-keys.ts'

const textAt = (path: string, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name],
      JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')),
    )

// The second half of each is held by the compiler: a suppression that is not needed does not compile.
test('a key that the texts do not have does not compile: of a module and of the shell', () => {
  const ofModule: TextKey<'sessions'> = 'row.unknownDevice'
  const ofShell: TextKey<'app'> = 'palette.label'
  assert.equal(typeof textAt('../../modules/sessions/ui/texts/en.json', ofModule), 'string')
  assert.equal(typeof textAt('../app/texts/en.json', ofShell), 'string')
  // @ts-expect-error not in the file
  const wrong: TextKey<'sessions'> = 'row.unknownDevise'
  // @ts-expect-error not in the file
  const alsoWrong: TextKey<'app'> = 'palette.labels'
  assert.equal(textAt('../../modules/sessions/ui/texts/en.json', wrong), undefined)
  assert.equal(textAt('../app/texts/en.json', alsoWrong), undefined)
})

test('what has a plural is asked for by its stem', () => {
  const key: TextKey<'reference'> = 'refusals'
  assert.equal(typeof textAt('../reference/texts/en.json', `${key}_other`), 'string')
})
