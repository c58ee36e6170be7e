import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { bundleGuard } from './src/web/build/bundle-guard.ts'
import { entranceBudget } from './src/web/build/entrance-budget.ts'
import { htmlHead } from './src/web/build/html-head.ts'
import { moduleFoldersIn } from './src/web/build/module-folders.ts'
import { moduleParts } from './src/web/build/module-parts.ts'
import { outsideFolders, outsideModules } from './src/web/build/outside-modules.ts'
import { precompress } from './src/web/build/precompress.ts'
import { restLines } from './src/web/build/rest-lines.ts'
import { sharedChunks } from './src/web/build/shared-chunks.ts'

const project = import.meta.dirname
const web = resolve(project, 'src/web')
const output = resolve(project, 'dist/web')
const modulesFolder = resolve(project, 'src/modules')
const outside = await outsideFolders(project)
/** What is shown is built from these: what is built in, and what the configuration names. */
const modules = [...moduleFoldersIn(modulesFolder), ...outside]

export default defineConfig({
  root: web,
  cacheDir: resolve(project, '.cache/vite'),
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [
    react(),
    restLines(modules, { modulesFolder, typesFile: resolve(web, 'lib/contracts.ts') }),
    moduleParts(modules),
    htmlHead(),
    outsideModules(outside, project),
    bundleGuard(project, outside),
    entranceBudget({ kilobytesMax: 120 }),
    precompress(),
  ],
  build: {
    outDir: output,
    emptyOutDir: true,
    sourcemap: false,
    target: 'baseline-widely-available',
    // A data: address would need a wider policy than `img-src 'self' blob:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        entrance: resolve(web, 'entrance.html'),
        index: resolve(web, 'index.html'),
        reference: resolve(web, 'reference.html'),
      },
      output: { codeSplitting: { groups: sharedChunks(web) } },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
