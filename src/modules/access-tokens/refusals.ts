import { defineRefusals } from '@latchkey/kit'

export const refusals = defineRefusals({
  not_found: {
    code: 'access-tokens.not_found',
    status: 404,
    title: 'There is no such token.',
    help: 'It may have been revoked, expired or replaced. Reload the list to see what is there.',
  },
  too_many: {
    code: 'access-tokens.too_many',
    status: 409,
    title: 'There are as many tokens as a person can have.',
    help: 'Revoke one that is no longer used. Rotating without an overlap is still possible: it adds none.',
  },
  expires_in_past: {
    code: 'access-tokens.expires_in_past',
    status: 422,
    title: 'That moment has passed.',
    help: 'Choose an expiry date in the future.',
  },
  lifetime_too_long: {
    code: 'access-tokens.lifetime_too_long',
    status: 422,
    title: 'Tokens may not live that long here.',
    help: 'Choose an earlier date. GET /api/v1/account/tokens/offer says how many days are allowed.',
  },
  already_rotated: {
    code: 'access-tokens.already_rotated',
    status: 409,
    title: 'This token has been replaced already.',
    help: 'Rotate the token that replaced it, or create a new one.',
  },
})
