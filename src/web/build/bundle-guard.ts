import { relative, sep } from 'node:path'
import type { Plugin } from 'vite'
import type { ModuleFolder } from './module-folders.ts'

/** What must never be shipped to a browser: code that decides or stores, and the schemas. */
const forbidden: readonly RegExp[] = [
  /^src\/platform\//,
  /^src\/modules\/[^/]+\/(rules|store|tables|events|jobs|module|fixtures|routes|api|contract|refusals|shapes)(\.ts|\/)/,
  /^packages\//,
  /(^|\/)node_modules\/(zod|kysely|hono|@hono|pg|nodemailer|pino|sharp|maxmind)\//,
]

/** Of a module from outside only its pages are shown, and what they bring along. */
const isHidden = (path: string, outside: readonly ModuleFolder[]): boolean =>
  outside.some(({ folder }) => {
    const inside = relative(folder, path).replaceAll(sep, '/')
    return !/^(\.\.(\/|$)|ui\/|node_modules\/)/.test(inside)
  })

/** The third of three fences (after the ring test and tsconfig.web.json): looks at what was really bundled. */
export const bundleGuard = (projectFolder: string, outside: readonly ModuleFolder[]): Plugin => ({
  name: 'latchkey:bundle-guard',
  apply: 'build',
  generateBundle(_, bundle) {
    const unwanted = Object.values(bundle)
      .flatMap((item) => (item.type === 'chunk' ? Object.entries(item.modules) : []))
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) => id.replace(/^\0/, '').split('?')[0] ?? '')
      .map((path) => ({ path, shown: relative(projectFolder, path).replaceAll(sep, '/') }))
      .filter(
        ({ path, shown }) =>
          forbidden.some((pattern) => pattern.test(shown)) || isHidden(path, outside),
      )
      .map(({ shown }) => shown)
    if (unwanted.length > 0) {
      this.error(`Not for the browser:\n${[...new Set(unwanted)].sort().join('\n')}`)
    }
  },
})
