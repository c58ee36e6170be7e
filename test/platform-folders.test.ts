import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, test } from 'node:test'
import { type File, importsIn } from '#test/harness/imports.ts'

type Needs = ReadonlyMap<string, ReadonlySet<string>>

/** A file that stands directly in the platform counts as a folder of its own. */
const folderOf = (path: string): string => path.split('/')[0]?.replace(/\.ts$/, '') ?? ''

/** Where an import leads, as a path within the platform; undefined outside of it. */
const targetOf = (file: File, from: string): string | undefined => {
  if (from.startsWith('#platform/')) return from.slice('#platform/'.length)
  if (!from.startsWith('.')) return undefined
  return posix.join(posix.dirname(file.path), from)
}

/** What each folder of the platform imports of the others, types included: who reads the one has to know the other. */
const needsOf = (files: readonly File[]): Needs => {
  const needs = new Map<string, Set<string>>()
  for (const file of files) {
    const home = folderOf(file.path)
    const own = needs.get(home) ?? new Set()
    needs.set(home, own)
    for (const { from } of importsIn(file.text)) {
      const target = targetOf(file, from)
      if (target !== undefined && folderOf(target) !== home) own.add(folderOf(target))
    }
  }
  return needs
}

/** What is left when everything that needs nothing more has been taken away, again and again: circles, and what needs them. */
const inCircles = (needs: Needs): string[] => {
  let left = [...needs.keys()]
  for (;;) {
    const stuck = left.filter((one) => left.some((other) => needs.get(one)?.has(other)))
    if (stuck.length === left.length) return left.sort()
    left = stuck
  }
}

const root = join(import.meta.dirname, '..', 'src', 'platform')
const filesHere = (): File[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

describe('the folders of the platform', () => {
  test('need each other in no circle', () => {
    const needs = needsOf(filesHere())
    assert.ok(needs.size > 15 && needs.get('http')?.has('identity'), 'the folders were not found')
    assert.deepEqual(inCircles(needs), [])
  })

  test('would be reported in one, however long it is', () => {
    const made = (path: string, ...from: string[]): File => ({
      path,
      text: from.map((one) => `import type { X } from '${one}'`).join('\n'),
    })
    const tree = [
      made('log/log.ts', 'node:fs'),
      made('http/answer.ts', '../identity/resolve.ts', './reply.ts'),
      made('identity/resolve.ts', '../refusals.ts'),
      made('refusals.ts', '#platform/log/log.ts'),
    ]
    assert.deepEqual(inCircles(needsOf(tree)), [])
    const back = made('log/facts.ts', '#platform/http/answer.ts')
    const round = ['http', 'identity', 'log', 'refusals']
    assert.deepEqual(inCircles(needsOf([...tree, back])), round)
  })
})
