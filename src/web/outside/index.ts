/** What `ui/index.tsx` of a module from outside imports as `@latchkey/web`: light, because the shell loads it at once. */
export { defineUi, type UiCard, type UiModule, type UiPage } from '#web/lib/ui-module.ts'
export { clientOf, pagesOf } from './client-of.ts'
