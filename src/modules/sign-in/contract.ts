import { operation } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as passwordRefusals } from '#modules/password/contract.ts'
import { refusals as personRefusals } from '#modules/person/contract.ts'
import { KeepSignedIn, SignedIn } from '#modules/sessions/contract.ts'
import { refusals } from './refusals.ts'
import {
  Challenge,
  EmailInput,
  Method,
  NewPassword,
  PasswordInput,
  Pending,
  PersonName,
  ProofInput,
  SetUp,
  Status,
  TokenInput,
} from './shapes.ts'

export { entrances, pageRoles, pages } from './pages.ts'
export { EmailInput, PasswordInput } from './shapes.ts'
export { refusals }

const closedTo = [refusals.sign_up_closed, refusals.closed] as const
const step = {
  anyone: true,
  because: 'The pending sign-in has its own cookie, which is no session',
} as const

export const operations = {
  status: operation({
    name: 'sign-in.status',
    summary:
      'Whether this installation is set up, who may sign up, and whether you are signed in or about to be',
    access: { anyone: true, because: 'The sign-in page needs it before anybody is signed in' },
    input: z.object({}),
    output: Status,
    refusals: [],
    rest: 'GET /api/v1/sign-in/status',
  }),
  setUp: operation({
    name: 'sign-in.set-up',
    summary: 'Create the organisation and its owner; works once',
    access: { anyone: true, because: 'Nobody has an account yet; the printed code protects it' },
    input: SetUp,
    output: SignedIn,
    refusals: [
      refusals.setup_done,
      refusals.setup_code,
      personRefusals.address_invalid,
      passwordRefusals.too_weak,
    ],
    rest: 'POST /api/v1/setup',
    limit: { per: 'address', max: 20, windowSeconds: 600 },
  }),
  start: operation({
    name: 'sign-in.start',
    summary: 'Sign in with e-mail address and password',
    access: { anyone: true, because: 'Signing in is what a stranger does' },
    input: z.object({
      email: EmailInput,
      password: PasswordInput.describe('Of the account.'),
      keepSignedIn: KeepSignedIn,
    }),
    output: SignedIn,
    refusals: [refusals.failed],
    rest: 'POST /api/v1/sign-in',
    limit: { per: 'address', max: 100, windowSeconds: 600 },
  }),
  pending: operation({
    name: 'sign-in.pending',
    summary: 'What the sign-in under way in this browser still waits for',
    access: step,
    input: z.object({}),
    output: Pending,
    refusals: [refusals.nothing_pending],
    rest: 'GET /api/v1/sign-in/second-step',
  }),
  secondChallenge: operation({
    name: 'sign-in.second-challenge',
    summary: 'What the browser needs for the second step, e.g. for a passkey',
    access: step,
    input: z.object({ method: Method }),
    output: Challenge,
    refusals: [refusals.nothing_pending],
    rest: 'POST /api/v1/sign-in/second-step/challenge',
    limit: { per: 'address', max: 100, windowSeconds: 600 },
  }),
  finish: operation({
    name: 'sign-in.finish',
    summary: 'Finish signing in with a second factor or a recovery code',
    access: step,
    input: z.object({ method: Method, proof: ProofInput }),
    output: SignedIn,
    refusals: [refusals.nothing_pending, refusals.second_step_failed],
    rest: 'POST /api/v1/sign-in/second-step',
    limit: { per: 'address', max: 100, windowSeconds: 600 },
  }),
  cancel: operation({
    name: 'sign-in.cancel',
    summary: 'Give up the sign-in under way in this browser',
    access: { anyone: true, because: 'Giving up twice must not be an error' },
    input: z.object({}),
    output: z.object({}),
    refusals: [],
    rest: 'POST /api/v1/sign-in/cancel',
  }),
  liftLock: operation({
    name: 'sign-in.lift-lock',
    summary: 'Lift the wait that wrong guesses put on your account, with the link from the mail',
    access: { anyone: true, because: 'The link is the credential, bound to one account' },
    input: z.object({ token: TokenInput }),
    output: z.object({}),
    refusals: [refusals.link_invalid],
    rest: 'POST /api/v1/sign-in/lift-lock',
    limit: { per: 'address', max: 30, windowSeconds: 600 },
  }),
  end: operation({
    name: 'sign-in.end',
    summary: 'Sign out of this browser',
    access: { anyone: true, because: 'Signing out twice must not be an error' },
    input: z.object({}),
    output: z.object({}),
    refusals: [],
    rest: 'POST /api/v1/sign-out',
    endsAccess: true,
  }),
  signUp: operation({
    name: 'sign-in.sign-up',
    summary: 'Ask for an account; a link proves the address first',
    access: { anyone: true, because: 'The setting signIn.signUp decides whether strangers may' },
    input: z.object({ email: EmailInput }),
    output: z.object({}),
    refusals: [...closedTo, personRefusals.address_invalid],
    rest: 'POST /api/v1/sign-up',
    limit: { per: 'address', max: 20, windowSeconds: 600 },
  }),
  join: operation({
    name: 'sign-in.join',
    summary: 'Create your account with the link from an invitation or sign-up mail',
    access: { anyone: true, because: 'The link is the credential, bound to one address' },
    input: z.object({ token: TokenInput, name: PersonName, password: NewPassword }),
    output: SignedIn,
    refusals: [refusals.link_invalid, ...closedTo, passwordRefusals.too_weak],
    rest: 'POST /api/v1/sign-up/complete',
    limit: { per: 'address', max: 20, windowSeconds: 600 },
  }),
  confirmationMethods: operation({
    name: 'sign-in.confirmation-methods',
    summary: 'Ways you can confirm it is you, strongest first',
    access: { permission: 'account.view' },
    input: z.object({}),
    output: z.object({
      methods: z.array(z.string()),
      confirmedUntil: z.iso.datetime().nullable().describe('`null`: confirm to go on.'),
      secondFactor: z
        .enum(['missing', 'not-proven', 'proven'])
        .describe(
          '`missing`: the account has none. `not-proven`: this session has not seen it yet.',
        ),
    }),
    refusals: [],
    rest: 'GET /api/v1/confirm',
  }),
  confirmChallenge: operation({
    name: 'sign-in.confirm-challenge',
    summary: 'What the browser needs to confirm it is you, e.g. with a passkey',
    access: { permission: 'account.view' },
    input: z.object({ method: Method }),
    output: Challenge,
    refusals: [refusals.not_confirmed],
    rest: 'POST /api/v1/confirm/challenge',
    endsAccess: true,
    limit: { per: 'person', max: 60, windowSeconds: 600 },
  }),
  confirm: operation({
    name: 'sign-in.confirm',
    summary: 'Confirm it is you; lasts 10 minutes',
    access: { permission: 'account.view' },
    input: z.object({ method: Method, proof: ProofInput }),
    output: z.object({ confirmedUntil: z.iso.datetime() }),
    refusals: [refusals.not_confirmed],
    rest: 'POST /api/v1/confirm',
    endsAccess: true,
    limit: { per: 'person', max: 20, windowSeconds: 600 },
  }),
}
