import { defineUi } from '#web/lib/ui-module.ts'

export const ui = defineUi({
  checkUp: [
    {
      part: 'alarm',
      order: 10,
      load: async () => (await import('./check-up.ts')).alarm,
    },
  ],
})
