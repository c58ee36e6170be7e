import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Bundle = Rolldown.OutputBundle
type Chunk = Rolldown.OutputChunk

const chunksOf = (bundle: Bundle): Chunk[] =>
  Object.values(bundle).filter((item) => item.type === 'chunk')

/** A chunk and everything it imports before it runs. */
const closureOf = (bundle: Bundle, chunk: Chunk, seen: Set<Chunk>): Set<Chunk> => {
  if (seen.has(chunk)) return seen
  seen.add(chunk)
  for (const name of chunk.imports) {
    const next = bundle[name]
    if (next?.type === 'chunk') closureOf(bundle, next, seen)
  }
  return seen
}

const hasModule = (chunk: Chunk, ending: string) =>
  chunk.moduleIds.some((id) => id.split('?')[0]?.endsWith(ending))

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/**
 * Fails the build when the script a visitor loads before they can sign in gets too heavy:
 * the entrance, the sign-in page and their English texts, gzip, 1 kB = 1,000 bytes.
 */
export const entranceBudget = ({ kilobytesMax }: { kilobytesMax: number }): Plugin => ({
  name: 'latchkey:entrance-budget',
  apply: 'build',
  generateBundle(_, bundle) {
    const starts = [
      '/entrance/main.tsx',
      '/ui/LoginPage.tsx',
      '/web/texts/en.json',
      '/sign-in/ui/texts/en.json',
    ]
    const loaded = new Set<Chunk>()
    for (const ending of starts) {
      const chunk = chunksOf(bundle).find((candidate) => hasModule(candidate, ending))
      if (!chunk) this.error(`The entrance budget looks for ${ending}, which is not in the bundle.`)
      closureOf(bundle, chunk, loaded)
    }
    const bytes = [...loaded].reduce(
      (sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length,
      0,
    )
    this.info(
      `entrance script: ${kilobytes(bytes)} gzip of at most ${kilobytesMax} kB, ${loaded.size} files`,
    )
    if (bytes > kilobytesMax * 1000) {
      const sizes = [...loaded].map(
        (chunk) => `${chunk.fileName} ${kilobytes(gzipSync(chunk.code).length)}`,
      )
      this.error(`The entrance loads ${kilobytes(bytes)} of script:\n${sizes.join('\n')}`)
    }
  },
})
