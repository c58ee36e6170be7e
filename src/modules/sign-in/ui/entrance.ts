import { pages } from '#web/lib/client.ts'
import { defineEntrance } from '#web/lib/entrance-page.ts'

const own = pages.signIn

export const entrance = defineEntrance([
  {
    path: own.signIn,
    texts: ['sign-in'],
    load: async () => (await import('./LoginPage.tsx')).LoginPage,
  },
  {
    path: own.setup,
    texts: ['sign-in', 'password'],
    load: async () => (await import('./SetupPage.tsx')).SetupPage,
  },
  {
    path: own.signUp,
    texts: ['sign-in'],
    load: async () => (await import('./SignUpPage.tsx')).SignUpPage,
  },
  {
    path: own.invitation,
    texts: ['sign-in', 'password'],
    load: async () => (await import('./JoinPages.tsx')).InvitationPage,
  },
  {
    path: own.verifyEmail,
    texts: ['sign-in', 'password'],
    load: async () => (await import('./JoinPages.tsx')).VerifyEmailPage,
  },
  {
    path: own.unlock,
    texts: ['sign-in'],
    load: async () => (await import('./UnlockPage.tsx')).UnlockPage,
  },
])
