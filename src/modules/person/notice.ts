import type { Actor, Context, Letter } from '@latchkey/kit'
import { readDevice } from '#platform/client/device.ts'
import { locate } from '#platform/client/location.ts'
import { iso } from '#platform/clock/moment.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { findPersonById } from './store.ts'

/** Empty where the client said nothing of itself: its address is told in any case. */
const deviceText = (ctx: Pick<Context<Actor>, 'actor'>): string => {
  const { browser, os, type } = readDevice(ctx.actor.client.userAgent, ctx.actor.client.hints)
  // A program chooses its own name, which a notice would present as a fact.
  if (type === 'program') return 'program'
  return [browser, os].filter(Boolean).join(', ')
}

/** When, from which device and from where the act of the actor came: every notice shows them below its words. */
export const happening = async (
  ctx: Pick<Context<Actor>, 'actor' | 'now'>,
): Promise<Readonly<Record<string, string>>> => {
  const { address } = ctx.actor.client
  const { kind, city, countryCode } = await locate(address)
  return {
    happenedAt: iso(ctx.now()),
    device: deviceText(ctx),
    address,
    city: city ?? '',
    country: kind === 'local' ? 'local' : (countryCode ?? ''),
  }
}

type Notice = {
  /** `<module>:<name>` */
  readonly text: string
  /** Where what the letter tells to do is done; `{{link}}` in its words. The check-up when absent. */
  readonly page?: string
  readonly values?: Readonly<Record<string, string>>
}

/**
 * A letter about a change that protects or weakens the account: sent regardless of preferences, with its origin and the
 * place to undo it. A new password ends no key, so a letter about a key names that place first, and then
 * `{{passwordLink}}`.
 */
export const securityNotice = async (
  ctx: Pick<Context<Actor>, 'db' | 'config' | 'actor' | 'now' | 'catalogue'>,
  userId: string,
  { text, page, values = {} }: Notice,
): Promise<readonly Letter[]> => {
  const person = await findPersonById(ctx.db, userId)
  if (!person) return []
  const { pages } = ctx.catalogue
  const facts = { name: person.name, ...(await happening(ctx)) }
  const links = {
    link: publicLink(ctx.config, page ?? pages.get('check-up') ?? '/'),
    passwordLink: publicLink(ctx.config, pages.get('change-password') ?? '/'),
  }
  return [{ to: person.email, text, values: { ...facts, ...links, ...values } }]
}
