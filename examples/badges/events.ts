import { event } from '@latchkey/kit'
import { z } from 'zod'

const badge = z.object({ number: z.string() })

export const badgeAdded = event({
  name: 'badge.added',
  code: 'user.badge:added',
  summary: 'An office badge was added',
  group: 'keys',
  icon: 'ticket',
  data: badge,
})

export const badgeRemoved = event({
  name: 'badge.removed',
  code: 'user.badge:removed',
  summary: 'An office badge was removed',
  group: 'keys',
  icon: 'ticket',
  data: badge,
})

export const pinSet = event({
  name: 'badge-pin.set',
  code: 'user.badge_pin:set',
  summary: 'A badge PIN was set',
  group: 'factors',
  icon: 'lock',
  data: z.object({}),
})

export const pinRemoved = event({
  name: 'badge-pin.removed',
  code: 'user.badge_pin:removed',
  summary: 'The badge PIN was removed',
  group: 'factors',
  icon: 'lock',
  data: z.object({}),
})
