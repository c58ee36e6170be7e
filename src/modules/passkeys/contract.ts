import { defineRefusals, fileOutput, operation } from '@latchkey/kit'
import { z } from 'zod'
import { refusals as personRefusals } from '#modules/person/contract.ts'
import { KeepSignedIn, SignedIn } from '#modules/sessions/contract.ts'
import {
  AuthenticationResponse,
  Ceremony,
  CeremonyId,
  Passkey,
  PasskeyId,
  PasskeyName,
  RegistrationResponse,
  Signals,
} from './shapes.ts'

export { AuthenticationResponse, Passkey, RegistrationResponse } from './shapes.ts'

export const pages = { list: '/admin/account/passkeys' } as const

export const refusals = defineRefusals({
  not_found: {
    code: 'passkeys.not_found',
    status: 404,
    title: 'There is no such passkey.',
    help: 'It may have been removed. Reload the list to see what is there.',
  },
  not_accepted: {
    code: 'passkeys.not_accepted',
    status: 422,
    title: 'That passkey could not be added.',
    help: 'Start again. A request is good for 5 minutes, for this browser and this address only, and a passkey can be added once.',
  },
  failed: {
    code: 'passkeys.failed',
    status: 401,
    title: 'That passkey did not sign you in.',
    help: 'Try again, or use another way. A passkey that was removed from the account no longer works.',
  },
  unknown: {
    code: 'passkeys.unknown',
    status: 401,
    title: 'This passkey is not known here.',
    help: 'It was removed from the account, or belongs to another one. Use another way to sign in; your browser can forget it.',
  },
  icon_not_found: {
    code: 'passkeys.icon_not_found',
    status: 404,
    title: 'There is no icon of this provider.',
    help: 'The list of providers has none, or does not know this AAGUID. The pages draw one of their own then.',
  },
  too_many: {
    code: 'passkeys.too_many',
    status: 409,
    title: 'There are as many passkeys as an account can have.',
    help: 'Remove one that is no longer used.',
  },
})

export const passkeysMax = 20

const schemes = ['light', 'dark'] as const
export type Scheme = (typeof schemes)[number]

export const operations = {
  list: operation({
    name: 'passkeys.list',
    summary: 'Your passkeys, newest first',
    access: { permission: 'account.passkeys.manage' },
    input: z.object({}),
    output: z.object({ passkeys: z.array(Passkey), signals: Signals }),
    refusals: [],
    rest: 'GET /api/v1/account/passkeys',
  }),
  begin: operation({
    name: 'passkeys.begin',
    summary: 'Start adding a passkey',
    access: { permission: 'account.passkeys.manage', assurance: 'recently-confirmed' },
    input: z.object({}),
    output: Ceremony,
    refusals: [refusals.too_many],
    rest: 'POST /api/v1/account/passkeys/options',
    limit: { per: 'person', max: 30, windowSeconds: 600 },
  }),
  register: operation({
    name: 'passkeys.register',
    summary: 'Add the passkey the browser made',
    access: { permission: 'account.passkeys.manage', assurance: 'recently-confirmed' },
    input: z.object({
      ceremonyId: CeremonyId,
      response: RegistrationResponse,
      name: PasskeyName.optional().describe('What you call it. Absent: who keeps it.'),
    }),
    output: z.object({
      passkey: Passkey,
      recoveryCodes: z
        .array(z.string())
        .nullable()
        .describe('Issued with the first strong factor; shown this once.'),
    }),
    refusals: [refusals.not_accepted, refusals.too_many],
    rest: 'POST /api/v1/account/passkeys',
    shownOnce: ['recoveryCodes'],
    limit: { per: 'person', max: 30, windowSeconds: 600 },
  }),
  rename: operation({
    name: 'passkeys.rename',
    summary: 'Rename a passkey',
    access: { permission: 'account.passkeys.manage' },
    input: z.object({ passkeyId: PasskeyId, name: PasskeyName }),
    output: Passkey,
    refusals: [refusals.not_found],
    rest: 'PATCH /api/v1/account/passkeys/{passkeyId}',
  }),
  remove: operation({
    name: 'passkeys.remove',
    summary: 'Remove a passkey; the copy in the password manager stays until it is deleted there',
    access: { permission: 'account.passkeys.manage', assurance: 'recently-confirmed' },
    input: z.object({ passkeyId: PasskeyId }),
    output: z.object({}),
    refusals: [refusals.not_found, personRefusals.last_way_in],
    rest: 'DELETE /api/v1/account/passkeys/{passkeyId}',
    endsAccess: true,
  }),
  readOffer: operation({
    name: 'passkeys.read-offer',
    summary: 'Whether a passkey may still be suggested to you after signing in',
    access: { permission: 'account.passkeys.manage' },
    input: z.object({}),
    output: z.object({
      dismissedAt: z.iso.datetime().nullable().describe('When it was declined. `null`: never.'),
    }),
    refusals: [],
    rest: 'GET /api/v1/account/passkeys/offer',
  }),
  dismissOffer: operation({
    name: 'passkeys.dismiss-offer',
    summary: 'Do not suggest a passkey any more, in no browser',
    access: { permission: 'account.passkeys.manage' },
    input: z.object({}),
    output: z.object({ dismissedAt: z.iso.datetime().describe('When it was declined first.') }),
    refusals: [],
    rest: 'POST /api/v1/account/passkeys/offer/dismiss',
  }),
  readProviderIcon: operation({
    name: 'passkeys.read-provider-icon',
    summary: 'The icon of a passkey provider, from the list the operator has set',
    access: { permission: 'account.passkeys.manage' },
    input: z.object({
      aaguid: z
        .string()
        .min(1)
        .max(64)
        .meta({
          description: 'Id of the provider: the AAGUID of its passkeys.',
          examples: ['ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4'],
        }),
      scheme: z.enum(schemes).describe('What it shall stand on.'),
    }),
    output: fileOutput('image/svg+xml', 'image/png'),
    refusals: [refusals.icon_not_found],
    rest: 'GET /api/v1/passkey-providers/{aaguid}/icons/{scheme}',
  }),
  signInOptions: operation({
    name: 'passkeys.sign-in-options',
    summary: 'Start signing in with a passkey',
    access: {
      anyone: true,
      because: 'Signing in is what a stranger does; the answer names nobody',
    },
    input: z.object({}),
    output: Ceremony,
    refusals: [],
    rest: 'POST /api/v1/sign-in/passkey/options',
    limit: { per: 'address', max: 120, windowSeconds: 600 },
  }),
  signIn: operation({
    name: 'passkeys.sign-in',
    summary: 'Sign in with a passkey',
    access: { anyone: true, because: 'Signing in is what a stranger does' },
    input: z.object({
      ceremonyId: CeremonyId,
      response: AuthenticationResponse,
      keepSignedIn: KeepSignedIn,
    }),
    output: SignedIn,
    refusals: [refusals.failed, refusals.unknown],
    rest: 'POST /api/v1/sign-in/passkey',
    limit: { per: 'address', max: 120, windowSeconds: 600 },
  }),
}
