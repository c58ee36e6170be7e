import type { Say } from '#web/lib/texts.ts'
import type { Offer, Token } from './queries.ts'

/** `cfp_…x4Qz`: as much as is known of it, and enough to find it in a program. */
export const shortForm = ({ lastFour }: Pick<Token, 'lastFour'>): string => `cfp_…${lastFour}`

/** A scope by its label; one that is no longer offered by its id. */
export const scopeLabel = (scope: string, offer: Offer | undefined): string =>
  offer?.scopes.find(({ id }) => id === scope)?.label ?? scope

const labelsMax = 2

/** The labels where they are few, their number where they are many. */
export const scopesText = (
  { scopes }: Pick<Token, 'scopes'>,
  words: {
    readonly t: Say<'access-tokens'>
    readonly offer: Offer | undefined
    readonly list: (items: readonly string[]) => string
    readonly number: (value: number) => string
  },
): string => {
  const { t, offer, list, number } = words
  if (scopes.length === 0) return t('row.noScope')
  return scopes.length <= labelsMax
    ? list(scopes.map((scope) => scopeLabel(scope, offer)))
    : t('row.scopes', { count: scopes.length, shown: number(scopes.length) })
}

/** `curl/8.14.1` of a program; the first words of a browser say nothing, so that one is left to the details. */
export const agentName = (agent: string | null): string | null => {
  const [product = ''] = (agent ?? '').trim().split(/\s+/)
  return product === '' || product.startsWith('Mozilla/') ? null : product
}

export const isOver = ({ state }: Pick<Token, 'state'>): boolean =>
  state === 'revoked' || state === 'expired'
