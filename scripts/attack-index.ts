import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Tried = { readonly number: string; readonly says: string; readonly file: string }

const root = join(import.meta.dirname, '..')

const testFiles = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('node_modules'))

/** The first word of a test, behind which its sentence stands. */
const title = /\b(?:test|describe|onEachEngine|onEachBasis)\(\s*(['`])((?:\\.|(?!\1).)*)\1/gs
const mark = / ?\((?:attacks? )?((?:A\d{2,3}(?:, )?)+)\)/

const triedIn = (file: string): Tried[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(title)].flatMap(([, , text = '']) => {
    const numbers = mark.exec(text)?.[1]?.split(', ') ?? []
    const says = text.replace(mark, '').replaceAll(/\$\{[^}]*\}/g, '…')
    return numbers.map((number) => ({ number, says, file }))
  })

/** What tests say of the attacks they try, by the numbers in their titles. */
export const triedAttacks = (): readonly Tried[] =>
  ['src', 'test', 'packages']
    .flatMap(testFiles)
    .flatMap(triedIn)
    .sort(
      (a, b) =>
        Number(a.number.slice(1)) - Number(b.number.slice(1)) ||
        a.file.localeCompare(b.file, 'en') ||
        a.says.localeCompare(b.says, 'en'),
    )
