import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { OperationSpec } from '@latchkey/kit'

const modules = join(import.meta.dirname, '../src/modules')

type Contract = { readonly operations?: Readonly<Record<string, OperationSpec>> }
type Texts = { readonly confirm?: Readonly<Record<string, string>> }

/** Names as the pages call them: the dialog finds the text by the same name. */
const confirmedIn = async (contract: string): Promise<readonly string[]> => {
  const { operations = {} } = (await import(pathToFileURL(contract).href)) as Contract
  return Object.entries(operations)
    .filter(([, { access }]) => 'assurance' in access && access.assurance !== undefined)
    .map(([key]) => key)
}

test('the dialog that asks who you are says for every act, in every language, what waits', async () => {
  const missing: string[] = []
  let checked = 0
  for (const contract of globSync(join(modules, '*/contract.ts'))) {
    const keys = await confirmedIn(contract)
    const files = globSync(join(dirname(contract), 'ui/texts/*.json'))
    if (keys.length > 0 && files.length === 0) missing.push(`${contract} has no texts`)
    for (const file of files) {
      const { confirm = {} } = JSON.parse(readFileSync(file, 'utf8')) as Texts
      checked += keys.length
      missing.push(...keys.filter((key) => !confirm[key]).map((key) => `${file}: confirm.${key}`))
    }
  }
  assert.ok(checked > 20)
  assert.deepEqual(missing, [])
})
