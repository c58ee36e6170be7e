import { join } from 'node:path'
import { loadProduct } from '#product'

/** What names the example module from outside, as an operator would. */
export const settings = { LATCHKEY_MODULES: './examples/badges' }

/** What the sweep walks: the built-in modules, and one from outside that is asked the same questions. */
export const { product } = await loadProduct({
  env: settings,
  folder: join(import.meta.dirname, '..', '..'),
})
