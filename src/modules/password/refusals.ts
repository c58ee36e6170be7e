import { defineRefusals } from '@latchkey/kit'

export const refusals = defineRefusals({
  wrong: {
    code: 'password.wrong',
    status: 403,
    title: 'The current password is not right.',
    help: 'Type the password you sign in with today. If you forgot it, sign out and choose “Forgot your password?”.',
  },
  too_weak: {
    code: 'password.too_weak',
    status: 422,
    title: 'That password is too easy to guess.',
    help: 'Use a longer one, or several unrelated words. Common passwords, breached passwords, and your own name or address are refused.',
  },
  factor_needed: {
    code: 'password.factor_needed',
    status: 403,
    title: 'Your second factor is needed as well.',
    help: 'This account has a second factor, so the link alone is not enough. Send one of “methods” and its proof with the same call.',
  },
  factor_wrong: {
    code: 'password.factor_wrong',
    status: 403,
    title: 'That second factor is not right.',
    help: 'Check the code and try again, or use another way. The link can still be used.',
  },
  link_invalid: {
    code: 'password.link_invalid',
    status: 410,
    title: 'This link has been used or is no longer valid.',
    help: 'Ask for a new link on the page “Forgot your password?”. A link works once and for 30 minutes.',
  },
})
