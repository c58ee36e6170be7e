import { resolve } from 'node:path'
import type { Rolldown } from 'vite'

type Context = Rolldown.ChunkingContext
type Group = Rolldown.CodeSplittingGroup

/** React changes with its own releases; `base` is what the entrance is made of, with all it imports. */
const fixed: readonly Group[] = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 4 },
  {
    name: 'base',
    test: /src\/web\/(ui\/(plain\/|BrandMark)|lib\/(boot\/[\w-]+|color-scheme|field-checks|form|fragment|installation|navigate|next-path|query|remembered-email)\.ts)/,
    priority: 3,
  },
]

/** All that a page brings along, with what it loads later. Texts are asked for by name: each page would bring all. */
const reachedFrom = (start: string, context: Context): ReadonlySet<string> => {
  const seen = new Set<string>()
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id) || /\/texts\/[\w-]+\.json$/.test(id)) continue
    seen.add(id)
    const info = context.getModuleInfo(id)
    if (info) open.push(...info.importedIds, ...info.dynamicallyImportedIds)
  }
  return seen
}

/**
 * What is shared is cut in two: what the pages before sign-in share with those after, and what only those after share.
 * Left alone, the bundler makes a file of each set of pages that share something: a page after sign-in then came in
 * ninety requests.
 */
export const sharedChunks = (web: string): Group[] => {
  const reached = new Map<string, ReadonlySet<string>>()
  const isReached = (page: string, id: string, context: Context): boolean => {
    const known = reached.get(page) ?? reachedFrom(resolve(web, page), context)
    reached.set(page, known)
    return known.has(id)
  }
  return [
    ...fixed,
    {
      debugName: 'shared',
      name: (id, context) =>
        isReached('index.html', id, context) &&
        (isReached('entrance.html', id, context) || isReached('reference.html', id, context))
          ? 'shared'
          : null,
      minShareCount: 2,
      priority: 2,
    },
    {
      debugName: 'app',
      name: (id, context) => (isReached('index.html', id, context) ? 'app' : null),
      minShareCount: 2,
      priority: 1,
    },
  ]
}
