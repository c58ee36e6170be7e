import type { ModuleSpec } from '@latchkey/kit'
import { builtInModules } from '#app'
import { createBuiltInProduct, createProduct, type Product } from '#product'

/** The product as it comes, made once for each process of the tests. */
export const product = createBuiltInProduct()

/** The same with modules from outside beside the built-in ones. */
export const productWith = (modules: readonly ModuleSpec[]): Product =>
  createProduct([...builtInModules, ...modules])
