import { defineRefusals, fileOutput, operation, type PageRoles } from '@latchkey/kit'
import { z } from 'zod'
import { Crop, Me, Profile, ProfileChange, Username } from './shapes.ts'

export { Me, Profile, Username } from './shapes.ts'

export const pages = {
  profile: '/admin/account/profile',
  security: '/admin/account/security',
} as const

export const pageRoles: PageRoles = {
  home: pages.profile,
  profile: pages.profile,
  'check-up': pages.security,
}

export const refusals = defineRefusals({
  picture_unreadable: {
    code: 'account.picture_unreadable',
    status: 422,
    title: 'That file is not a picture that can be used.',
    help: 'Use a JPEG, PNG, GIF or WebP of at most 2 MB and 50 million pixels. The content of the file counts, not its name.',
  },
  picture_not_found: {
    code: 'account.picture_not_found',
    status: 404,
    title: 'There is no such picture.',
    help: 'The person has no picture, or is not part of your organisation.',
  },
  username_taken: {
    code: 'account.username_taken',
    status: 409,
    title: 'This username is not free.',
    help: 'Choose another one. A username stays with whoever had it first, also after they changed it, because servers let people in by it.',
  },
  username_reserved: {
    code: 'account.username_reserved',
    status: 422,
    title: 'This username is kept for systems.',
    help: 'Choose another one. On servers it is the name of an administrator or a service; operators can add to the list with the setting usernames.reserved.',
  },
  usernames_used_up: {
    code: 'account.usernames_used_up',
    status: 409,
    title: 'You have had as many usernames as a person can have.',
    help: 'Go back to one of your earlier usernames: they are still yours.',
  },
})

/** Usernames one person may have had in all: each stays theirs for good, so there has to be a limit. */
export const usernamesMax = 5

export const pictureTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const
export const pictureBytesMax = 2 * 1024 * 1024

export const scopes = [
  {
    id: 'account:read',
    label: 'Account: read',
    allows: 'Read your profile, picture and audit log.',
  },
  {
    id: 'account:write',
    label: 'Account: write',
    allows: 'Change your name, contact data and picture.',
  },
] as const

export const operations = {
  me: operation({
    name: 'account.me',
    summary: 'Who you are here, and what this credential may do',
    access: { permission: 'account.view', scope: 'any' },
    input: z.object({}),
    output: Me,
    refusals: [],
    rest: 'GET /api/v1/account/me',
  }),
  readProfile: operation({
    name: 'account.read-profile',
    summary: 'Your profile and the organisation you work in',
    access: { permission: 'account.view', scope: 'account:read' },
    input: z.object({}),
    output: Profile,
    refusals: [],
    rest: 'GET /api/v1/account/profile',
  }),
  updateProfile: operation({
    name: 'account.update-profile',
    summary: 'Change name, job title, website and phone; what is left out stays',
    access: { permission: 'account.view', scope: 'account:write' },
    input: ProfileChange,
    output: Profile,
    refusals: [],
    rest: 'PATCH /api/v1/account/profile',
  }),
  chooseUsername: operation({
    name: 'account.choose-username',
    summary:
      'Choose the handle servers know you by, or with null have none; earlier ones stay yours',
    access: { permission: 'account.view', assurance: 'recently-confirmed' },
    input: z.object({
      username: Username.nullable().describe(
        'The handle servers know you by. `null`: none; those you had before stay yours.',
      ),
    }),
    output: z.object({ username: z.string().nullable() }),
    refusals: [refusals.username_taken, refusals.username_reserved, refusals.usernames_used_up],
    rest: 'PUT /api/v1/account/username',
    limit: { per: 'person', max: 30, windowSeconds: 600 },
  }),
  setPicture: operation({
    name: 'account.set-picture',
    summary: 'Set your picture; it is cropped, made square and stored without metadata',
    access: { permission: 'account.view', scope: 'account:write' },
    input: Crop,
    output: z.object({ pictureUrl: z.string() }),
    refusals: [refusals.picture_unreadable],
    rest: 'PUT /api/v1/account/picture',
    upload: { types: pictureTypes, bytesMax: pictureBytesMax },
    limit: { per: 'person', max: 30, windowSeconds: 600 },
  }),
  removePicture: operation({
    name: 'account.remove-picture',
    summary: 'Remove your picture; your initials are shown again',
    access: { permission: 'account.view', scope: 'account:write' },
    input: z.object({}),
    output: z.object({}),
    refusals: [],
    rest: 'DELETE /api/v1/account/picture',
  }),
  readPicture: operation({
    name: 'account.read-picture',
    summary: 'The picture of somebody in your organisation',
    access: { permission: 'account.view', scope: 'account:read' },
    input: z.object({
      userId: z.string().min(1).max(64),
      v: z
        .string()
        .max(64)
        .optional()
        .meta({
          description: 'Which picture, so that a new one has an address of its own. Not looked at.',
          examples: ['3'],
        }),
    }),
    output: fileOutput('image/webp'),
    refusals: [refusals.picture_not_found],
    rest: 'GET /api/v1/people/{userId}/picture',
  }),
}
