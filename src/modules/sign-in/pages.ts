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
