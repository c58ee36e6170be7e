import { defineRefusals, operation } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as passwordRefusals } from '#modules/password/contract.ts'
import { Name, refusals as peopleRefusals } from '#modules/people/contract.ts'

export const pages = {
  setup: '/setup',
  signIn: '/login',
  signUp: '/signup',
  invitation: '/invite',
  verifyEmail: '/verify-email',
} as const

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
  not_confirmed: {
    code: 'sign-in.not_confirmed',
    status: 403,
    title: 'That did not confirm it is you.',
    help: 'Check what you typed and try again.',
  },
})

/** RFC 5321 §4.5.3.1.3 allows 254 characters in a forward path. Canonicalised before any look-up. */
export const EmailInput = z.string().min(3).max(254)
/** 128 characters shown as the limit; 1,024 bytes is the hard one (NIST SP 800-63B-4 §3.1.1.1). */
export const PasswordInput = z.string().min(1).max(128)
const TokenInput = z.string().min(20).max(200)

export const SignedIn = z.object({ next: z.literal('done') })

export const operations = {
  status: operation({
    name: 'sign-in.status',
    summary: 'Whether this installation is set up, who may sign up, and whether you are signed in',
    access: { anyone: true, because: 'The sign-in page needs it before anybody is signed in' },
    input: z.object({}),
    output: z.object({
      setup: z.enum(['waiting', 'done']),
      signUp: z.enum(['open', 'invite', 'closed']),
      organisationName: z.string().nullable(),
      signedIn: z.boolean(),
    }),
    refusals: [],
    rest: 'GET /api/v1/sign-in/status',
  }),
  setUp: operation({
    name: 'sign-in.set-up',
    summary: 'Create the organisation and its owner; works once',
    access: { anyone: true, because: 'Nobody can have an account yet; the printed code protects it' },
    input: z.object({
      code: z.string().min(1).max(100),
      organisationName: Name,
      name: Name,
      email: EmailInput,
      password: PasswordInput,
    }),
    output: SignedIn,
    refusals: [refusals.setup_done, refusals.setup_code, peopleRefusals.address_invalid, passwordRefusals.too_weak],
    rest: 'POST /api/v1/setup',
    limit: { per: 'address', max: 20, windowSeconds: 600 },
  }),
  start: operation({
    name: 'sign-in.start',
    summary: 'Sign in with e-mail address and password',
    access: { anyone: true, because: 'Signing in is what a stranger does' },
    input: z.object({
      email: EmailInput,
      password: PasswordInput,
      keepSignedIn: z.boolean().default(false),
    }),
    output: SignedIn,
    refusals: [refusals.failed],
    rest: 'POST /api/v1/sign-in',
    limit: { per: 'address', max: 100, windowSeconds: 600 },
  }),
  end: operation({
    name: 'sign-in.end',
    summary: 'Sign out of this browser',
    access: { anyone: true, because: 'Signing out twice must not be an error' },
    input: z.object({}),
    output: z.object({}),
    refusals: [],
    rest: 'POST /api/v1/sign-out',
  }),
  signUp: operation({
    name: 'sign-in.sign-up',
    summary: 'Ask for an account; a link proves the address first',
    access: { anyone: true, because: 'The setting signIn.signUp decides whether strangers may' },
    input: z.object({ email: EmailInput }),
    output: z.object({}),
    refusals: [refusals.sign_up_closed, peopleRefusals.address_invalid],
    rest: 'POST /api/v1/sign-up',
    limit: { per: 'address', max: 20, windowSeconds: 600 },
  }),
  join: operation({
    name: 'sign-in.join',
    summary: 'Create your account with the link from an invitation or sign-up mail',
    access: { anyone: true, because: 'The link is the credential: single use and bound to one address' },
    input: z.object({ token: TokenInput, name: Name, password: PasswordInput }),
    output: SignedIn,
    refusals: [refusals.link_invalid, passwordRefusals.too_weak],
    rest: 'POST /api/v1/sign-up/complete',
    limit: { per: 'address', max: 20, windowSeconds: 600 },
  }),
  confirmationMethods: operation({
    name: 'sign-in.confirmation-methods',
    summary: 'Ways you can confirm it is you, strongest first',
    access: { permission: 'account.view' },
    input: z.object({}),
    output: z.object({ methods: z.array(z.string()), confirmedUntil: z.iso.datetime().nullable() }),
    refusals: [],
    rest: 'GET /api/v1/confirm',
  }),
  confirm: operation({
    name: 'sign-in.confirm',
    summary: 'Confirm it is you; lasts 10 minutes',
    access: { permission: 'account.view' },
    input: z.object({ method: z.string().min(1).max(40), proof: z.string().min(1).max(4096) }),
    output: z.object({ confirmedUntil: z.iso.datetime() }),
    refusals: [refusals.not_confirmed],
    rest: 'POST /api/v1/confirm',
    limit: { per: 'person', max: 20, windowSeconds: 600 },
  }),
}
