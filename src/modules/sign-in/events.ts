import { event } from '@latchkey/kit'
import { z } from 'zod'

export const signedOut = event({
  name: 'sign-in.ended',
  code: 'user:logged_out',
  summary: 'Signed out',
  group: 'sign-in',
  icon: 'leave',
  data: z.object({}),
})

export const signInFailed = event({
  name: 'sign-in.failed',
  code: 'user:login_failed',
  summary: 'A sign-in failed',
  group: 'sign-in',
  icon: 'enter',
  data: z.object({ method: z.string() }),
})

export const confirmed = event({
  name: 'sign-in.confirmed',
  code: 'user:confirmed',
  summary: 'Confirmed it is you',
  group: 'sign-in',
  icon: 'shield',
  data: z.object({ method: z.string() }),
})

export const confirmFailed = event({
  name: 'sign-in.confirm-failed',
  code: 'user:confirm_failed',
  summary: 'Confirming it is you failed',
  group: 'sign-in',
  icon: 'shield',
  data: z.object({ method: z.string() }),
})

export const signUpRequested = event({
  name: 'sign-in.sign-up-requested',
  code: 'user:sign_up_requested',
  summary: 'An account was asked for',
  group: 'sign-in',
  icon: 'envelope',
  data: z.object({}),
})

export const guessingWarned = event({
  name: 'sign-in.guessing-warned',
  code: 'user:guessing_warned',
  summary: 'The person was told that somebody is guessing',
  group: 'sign-in',
  icon: 'warning',
  data: z.object({ kind: z.string(), failures: z.int() }),
})

export const lockLifted = event({
  name: 'sign-in.lock-lifted',
  code: 'user:lock_lifted',
  summary: 'The wait after wrong guesses was lifted',
  group: 'sign-in',
  icon: 'lock',
  data: z.object({}),
})
