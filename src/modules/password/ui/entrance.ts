import { pages } from '#web/lib/client.ts'
import { defineEntrance } from '#web/lib/entrance-page.ts'

const own = pages.password

export const entrance = defineEntrance([
  {
    path: own.forgot,
    texts: ['password'],
    load: async () => (await import('./ForgotPasswordPage.tsx')).ForgotPasswordPage,
  },
  {
    path: own.reset,
    texts: ['password'],
    load: async () => (await import('./ResetPasswordPage.tsx')).ResetPasswordPage,
  },
])
