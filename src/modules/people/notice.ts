import type { Actor, Context, Letter } from '@latchkey/kit'
import { readDevice } from '#platform/client/device.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { findPersonById } from './store.ts'

const deviceText = (ctx: Pick<Context<Actor>, 'actor'>): string => {
  const { browser, os } = readDevice(ctx.actor.client.userAgent, ctx.actor.client.hints)
  return [browser, os].filter(Boolean).join(', ') || ctx.actor.client.address
}

/**
 * A letter about a change that protects or weakens the account: always sent, whatever the preferences say,
 * with where it came from and where to undo it. `text` is `<module>:<name>`.
 */
export const securityNotice = async (
  ctx: Pick<Context<Actor>, 'db' | 'config' | 'actor'>,
  userId: string,
  {
    text,
    values = {},
  }: { readonly text: string; readonly values?: Readonly<Record<string, string>> },
): Promise<readonly Letter[]> => {
  const person = await findPersonById(ctx.db, userId)
  if (!person) return []
  const facts = { name: person.name, device: deviceText(ctx), address: ctx.actor.client.address }
  const link = publicLink(ctx.config, '/admin/account/security')
  return [{ to: person.email, text, values: { ...facts, link, ...values } }]
}
