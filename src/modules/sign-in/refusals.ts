import { defineRefusals } from '@latchkey/kit'

export const refusals = defineRefusals({
  failed: {
    code: 'sign-in.failed',
    status: 401,
    title: 'The e-mail address or the password is not right.',
    help: 'Check both, or choose a new password through the link “Forgot your password?”. The answer is the same for a wrong password, an unknown address and a disabled account.',
  },
  setup_done: {
    code: 'sign-in.setup_done',
    status: 409,
    title: 'This installation is already set up.',
    help: 'Setting up works once. Sign in instead, or ask an owner for an invitation.',
  },
  setup_code: {
    code: 'sign-in.setup_code',
    status: 403,
    title: 'The setup code is not right.',
    help: 'The code was printed where the server was started. Restart the server to print a new one.',
  },
  sign_up_closed: {
    code: 'sign-in.sign_up_closed',
    status: 403,
    title: 'Sign-up is not open here.',
    help: 'Ask an owner for an invitation.',
  },
  link_invalid: {
    code: 'sign-in.link_invalid',
    status: 410,
    title: 'This link has been used or is no longer valid.',
    help: 'Ask for a new link. Links work once and for a limited time.',
  },
  second_step_failed: {
    code: 'sign-in.second_step_failed',
    status: 401,
    title: 'That did not finish signing you in.',
    help: 'Check the code and try again, or use another way. A code works once, and only for about a minute.',
  },
  nothing_pending: {
    code: 'sign-in.nothing_pending',
    status: 401,
    title: 'Start signing in again.',
    help: 'The second step is open for 10 minutes and 5 tries, in the browser it was started in.',
  },
  closed: {
    code: 'sign-in.closed',
    status: 403,
    title: 'Nobody new can join here.',
    help: 'Whoever runs this installation has closed it to new people (setting signIn.signUp). Invitations that were sent work again when it is opened.',
  },
  not_confirmed: {
    code: 'sign-in.not_confirmed',
    status: 403,
    title: 'That did not confirm it is you.',
    help: 'Check what you typed and try again.',
  },
})
