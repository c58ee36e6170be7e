// Which test files a change can break: those that import a changed file, however far away.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { listFiles } from './prepare.mjs'
import { root } from './processes.mjs'

const isSource = (path) => /\.(ts|tsx|mts|mjs|js)$/.test(path)
/** `from '…'`, `import '…'`, `import('…')` and `new URL('…', import.meta.url)`. */
const specifiers = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)['"]([.#@][^'"\n]+)['"]/g

/** Bare names of the workspace's own packages, and what `#…` stands for. */
const readAliases = () => {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const own = listFiles('packages')
    .filter((path) => /^packages\/[^/]+\/package\.json$/.test(path))
    .flatMap((path) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), 'utf8'))
      const entries = typeof exports === 'string' ? { '.': exports } : exports
      return Object.entries(entries).map(([key, target]) => [
        posix.join(name, key),
        `./${posix.join(dirname(path), typeof target === 'string' ? target : (target.default ?? ''))}`,
      ])
    })
  return [...Object.entries(imports), ...own]
}

/** The file of this project that a specifier means; undefined for what is not one. */
const resolveFrom = (aliases, from, specifier) => {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  for (const [key, target] of aliases) {
    if (key === specifier) return posix.normalize(target)
    const [head, tail] = key.split('*')
    if (tail !== undefined && specifier.startsWith(head))
      return posix.normalize(target.replace('*', specifier.slice(head.length)))
  }
  return undefined
}

export const importsOf = (path, text, aliases) =>
  [...text.matchAll(specifiers)].flatMap(([, specifier]) => {
    const file = resolveFrom(aliases, path, specifier)
    return file ? [file] : []
  })

/** For each file, who imports it. */
const readImporters = () => {
  const aliases = readAliases()
  const importers = new Map()
  for (const path of ['packages', 'src', 'test', 'scripts', 'examples'].flatMap(listFiles)) {
    if (!isSource(path) || !existsSync(join(root, path))) continue
    for (const file of importsOf(path, readFileSync(join(root, path), 'utf8'), aliases)) {
      const known = importers.get(file) ?? new Set()
      importers.set(file, known.add(path))
    }
  }
  return importers
}

/** How many imports away each file is from the nearest changed one. What no change reaches is not in it. */
export const distancesFrom = (changed, importers = readImporters()) => {
  const distances = new Map(changed.map((path) => [path, 0]))
  // A map goes on over what is added on the way: nearest first.
  for (const [path, distance] of distances)
    for (const importer of importers.get(path) ?? [])
      if (!distances.has(importer)) distances.set(importer, distance + 1)
  return distances
}
