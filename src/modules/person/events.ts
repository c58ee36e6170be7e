import { event } from '@latchkey/kit'
import { z } from 'zod'

export const organisationCreated = event({
  name: 'organisation.created',
  code: 'organisation:created',
  summary: 'The organisation was created',
  group: 'people',
  icon: 'building',
  data: z.object({ name: z.string() }),
})

export const personJoined = event({
  name: 'person.joined',
  code: 'user:joined',
  summary: 'An account was created',
  group: 'people',
  icon: 'person',
  data: z.object({ role: z.string(), how: z.enum(['setup', 'invitation', 'sign-up']) }),
})
