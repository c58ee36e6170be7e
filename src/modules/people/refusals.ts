import { defineRefusals } from '@latchkey/kit'

export const refusals = defineRefusals({
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
})
