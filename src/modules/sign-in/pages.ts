import type { PageRoles } from '@latchkey/kit'

export const pages = {
  setup: '/setup',
  signIn: '/login',
  signUp: '/signup',
  invitation: '/invite',
  verifyEmail: '/verify-email',
  unlock: '/unlock',
  /** For the applications behind a proxy: they send people here who have to prove once more that it is them. */
  confirm: '/admin/confirm',
} as const

export const pageRoles: PageRoles = {
  'set-up': pages.setup,
  'sign-in': pages.signIn,
  confirm: pages.confirm,
}

const { confirm: _, ...beforeSignIn } = pages
export const entrances = Object.values(beforeSignIn)
