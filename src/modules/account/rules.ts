import { createHash } from 'node:crypto'
import { type Context, Refusal, type Rule } from '@latchkey/kit'
import { findOrganisation, findPersonById, pictureUrl, updatePerson } from '#modules/person/api.ts'
import { isoOrNull } from '#platform/clock/moment.ts'
import { permissionSettings } from '#platform/config/core.ts'
import { type operations, type Profile, refusals } from './contract.ts'
import { profileUpdated } from './events.ts'
import { type Crop, remakePicture } from './picture.ts'
import { deletePicture, findPicture, savePicture } from './store.ts'

type Ops = typeof operations

/** The registry returns one set per role, so its names are built once and not on every request. */
const written = new WeakMap<ReadonlySet<string>, { namespace: string; names: string[] }>()

const permissionNames = (permissions: ReadonlySet<string>, namespace: string): string[] => {
  const kept = written.get(permissions)
  if (kept?.namespace === namespace) return kept.names
  const names = Array.from(permissions, (id) => `${namespace}.${id}`)
  written.set(permissions, { namespace, names })
  return names
}

/** Answered from the look-up that authenticated the request: no further query. */
export const me: Rule<Ops['me']> = async (ctx) => {
  const { actor } = ctx
  const { namespace } = ctx.config.read(permissionSettings)
  return {
    userId: actor.userId,
    name: actor.name,
    email: actor.email,
    pictureUrl: pictureUrl(actor.userId, actor.pictureVersion),
    organisation: actor.organisation,
    role: actor.role,
    credential: {
      kind: actor.kind,
      scopes: actor.scopes === 'all' ? 'all' : [...actor.scopes],
      expiresAt: isoOrNull(actor.expiresAt),
      authenticatedAt: isoOrNull(actor.assurance.authenticatedAt || null),
    },
    permissions: permissionNames(actor.permissions, namespace),
  }
}

const loadProfile = async (ctx: Context): Promise<Profile> => {
  const person = await findPersonById(ctx.db, ctx.actor.userId)
  const organisation = await findOrganisation(ctx.db, ctx.actor.organisation.id)
  if (!person || !organisation) throw new Error('a signed-in person has no row')
  return {
    userId: person.id,
    name: person.name,
    email: person.email,
    username: person.username,
    jobTitle: person.job_title,
    website: person.website,
    phone: person.phone,
    pictureUrl: pictureUrl(person.id, person.picture_version),
    organisation: { name: organisation.name, website: organisation.website, role: person.role },
  }
}

export const readProfile: Rule<Ops['readProfile']> = (ctx) => loadProfile(ctx)

export const updateProfile: Rule<Ops['updateProfile']> = (ctx, input) =>
  ctx.transaction(async (ctx) => {
    const before = await loadProfile(ctx)
    const fields = (['name', 'jobTitle', 'website', 'phone'] as const).filter(
      (field) => input[field] !== undefined && input[field] !== before[field],
    )
    if (fields.length === 0) return before
    const after = {
      ...before,
      ...Object.fromEntries(fields.map((field) => [field, input[field]])),
    } as Profile
    await updatePerson(ctx.db, ctx.actor.userId, {
      name: after.name,
      job_title: after.jobTitle,
      website: after.website,
      phone: after.phone,
      updated_at: ctx.now(),
    })
    await ctx.announce(profileUpdated, { fields })
    return after
  })

const cropOf = (input: {
  left?: number | undefined
  top?: number | undefined
  width?: number | undefined
  height?: number | undefined
}): Crop | null => {
  const { left, top, width, height } = input
  return left === undefined || top === undefined || width === undefined || height === undefined
    ? null
    : { left, top, width, height }
}

const setVersion = async (ctx: Context, version: string | null): Promise<void> => {
  await updatePerson(ctx.db, ctx.actor.userId, { picture_version: version, updated_at: ctx.now() })
  await ctx.announce(profileUpdated, { fields: ['picture'] })
}

export const setPicture: Rule<Ops['setPicture']> = async (ctx, { content, ...crop }) => {
  const bytes = await remakePicture(content, cropOf(crop))
  const version = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return ctx.transaction(async (ctx) => {
    await savePicture(ctx.db, { user_id: ctx.actor.userId, bytes, version, changed_at: ctx.now() })
    await setVersion(ctx, version)
    return { pictureUrl: pictureUrl(ctx.actor.userId, version) ?? '' }
  })
}

export const removePicture: Rule<Ops['removePicture']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    if (await deletePicture(ctx.db, ctx.actor.userId)) await setVersion(ctx, null)
    return {}
  })

/** Members of the organisation see each other's picture; other callers cannot tell whether there is one. */
export const readPicture: Rule<Ops['readPicture']> = async (ctx, { userId }) => {
  const person = await findPersonById(ctx.db, userId)
  const seen =
    person?.organisation_id === ctx.actor.organisation.id
      ? await findPicture(ctx.db, userId)
      : undefined
  if (!seen) throw new Refusal(refusals.picture_not_found)
  return { bytes: seen.bytes, type: 'image/webp', etag: seen.version }
}
