import { relative, sep } from 'node:path'
import type { Plugin } from 'vite'

/** What must never be shipped to a browser: code that decides or stores, and the schemas. */
const forbidden: readonly RegExp[] = [
  /^src\/platform\//,
  /^src\/modules\/[^/]+\/(rules|store|tables|events|jobs|module|fixtures|routes|api|contract|refusals|shapes)(\.ts|\/)/,
  /^packages\//,
  /(^|\/)node_modules\/(zod|kysely|hono|@hono|pg|nodemailer|pino|sharp|maxmind)\//,
]

/** The third of three fences (after the ring test and tsconfig.web.json): looks at what was really bundled. */
export const bundleGuard = (projectFolder: string): Plugin => ({
  name: 'latchkey:bundle-guard',
  apply: 'build',
  generateBundle(_, bundle) {
    const strangers = Object.values(bundle)
      .flatMap((item) => (item.type === 'chunk' ? Object.entries(item.modules) : []))
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) =>
        relative(projectFolder, id.replace(/^\0/, '').split('?')[0] ?? '').replaceAll(sep, '/'),
      )
      .filter((path) => forbidden.some((pattern) => pattern.test(path)))
    if (strangers.length > 0) {
      this.error(`Not for the browser:\n${[...new Set(strangers)].sort().join('\n')}`)
    }
  },
})
