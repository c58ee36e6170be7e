import { defineRefusals } from '@latchkey/kit'

export const refusals = defineRefusals({
  not_found: {
    code: 'people.not_found',
    status: 404,
    title: 'There is no such person.',
    help: 'They may belong to another organisation, or the address is wrong.',
  },
  already_member: {
    code: 'people.already_member',
    status: 409,
    title: 'Somebody with this address is already here.',
    help: 'Look them up in the list of people instead of inviting them again.',
  },
  last_owner: {
    code: 'people.last_owner',
    status: 409,
    title: 'An organisation needs an owner.',
    help: 'Make somebody else an owner first.',
  },
  above_you: {
    code: 'people.above_you',
    status: 403,
    title: 'Only an owner may do this to an owner.',
    help: 'Ask an owner of the organisation.',
  },
  closed: {
    code: 'people.closed',
    status: 403,
    title: 'Nobody new can join here.',
    help: 'Whoever runs this installation has closed it to new people. Set signIn.signUp to invite or open to invite somebody.',
  },
  invitation_not_found: {
    code: 'people.invitation_not_found',
    status: 404,
    title: 'There is no such invitation.',
    help: 'It was withdrawn, or whoever it was for has joined. List the invitations again.',
  },
  invited_too_often: {
    code: 'people.invited_too_often',
    status: 429,
    title: 'This address got enough invitations for now.',
    help: 'At most 3 an hour and 10 a day go to one address. Try again later.',
  },
  address_invalid: {
    code: 'people.address_invalid',
    status: 422,
    title: 'That is not an e-mail address that can receive mail.',
    help: 'Use one plain address like name@example.com.',
  },
  last_way_in: {
    code: 'sign-in.last_way_in',
    status: 409,
    title: 'This is the last way into the account.',
    help: 'Add another passkey or a password first.',
  },
})
