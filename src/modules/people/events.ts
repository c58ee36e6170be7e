import { event } from '@latchkey/kit'
import { z } from 'zod'

export const personInvited = event({
  name: 'person.invited',
  code: 'organisation.people:invited',
  summary: 'Somebody was invited',
  group: 'people',
  icon: 'envelope',
  data: z.object({ role: z.string() }),
})

export const invitationResent = event({
  name: 'invitation.resent',
  code: 'user.invitation:resent',
  summary: 'An invitation was sent again; the link before it stopped working',
  group: 'people',
  icon: 'envelope',
  data: z.object({ role: z.string() }),
})

export const invitationWithdrawn = event({
  name: 'invitation.withdrawn',
  code: 'user.invitation:withdrawn',
  summary: 'An invitation was withdrawn; its link stopped working',
  group: 'people',
  icon: 'envelope',
  data: z.object({ role: z.string() }),
})

export const personDisabled = event({
  name: 'person.disabled',
  code: 'user:disabled',
  summary: 'The account was disabled',
  group: 'people',
  icon: 'person',
  data: z.object({ endedSessions: z.int() }),
})

export const personEnabled = event({
  name: 'person.enabled',
  code: 'user:enabled',
  summary: 'The account was enabled again',
  group: 'people',
  icon: 'person',
  data: z.object({}),
})
