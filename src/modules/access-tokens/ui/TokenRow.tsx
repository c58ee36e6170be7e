import { useQuery } from '@tanstack/react-query'
import { Ban, RefreshCw, Ticket } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentFact, MomentText } from '#web/ui/MomentText.tsx'
import { RowActions } from '#web/ui/RowMenu.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { useNow } from '#web/ui/use-now.ts'
import { endsSoon } from './expiry.ts'
import { offerQuery, type Token } from './queries.ts'
import { TokenDetails } from './TokenDetails.tsx'
import classes from './Tokens.module.css'
import { agentName, isOver, scopesText, shortForm } from './token-words.ts'

export type TokenAct = 'rotate' | 'revoke'

type Props = { readonly token: Token; readonly onAct: (act: TokenAct) => void }

const actIcons = { rotate: RefreshCw, revoke: Ban } as const

const Actions = ({ token, onAct }: Props) => {
  const t = useTexts('access-tokens')
  const { name, state } = token
  const acts: readonly TokenAct[] = state === 'active' ? ['rotate', 'revoke'] : ['revoke']
  return (
    <RowActions
      label={t('row.actions', { name })}
      acts={acts.map((act) => ({
        icon: actIcons[act],
        label: t(`row.${act}`),
        named: t(`row.${act}Named`, { name }),
        run: () => onAct(act),
      }))}
    />
  )
}

const Badge = ({ token }: Pick<Props, 'token'>) => {
  const t = useTexts('access-tokens')
  const now = useNow()
  if (isOver(token)) {
    const word = token.revokedBecause === 'rotated' ? 'replaced' : token.state
    const tone = token.revokedBecause === 'leaked' ? 'bad' : 'off'
    return <StateBadge tone={tone}>{t(`state.${word}`)}</StateBadge>
  }
  if (token.state === 'replaced')
    return <StateBadge tone="notice">{t('state.replaced')}</StateBadge>
  return endsSoon(token.expiresAt, now) ? (
    <StateBadge tone="notice">{t('state.soon')}</StateBadge>
  ) : (
    <StateBadge tone="good">{t('state.active')}</StateBadge>
  )
}

/** Until when it works, or since when it does not. */
const End = ({ token }: Pick<Props, 'token'>) => {
  const t = useTexts('access-tokens')
  const { state, expiresAt, revokedAt, revokedBecause } = token
  if (state === 'revoked' && revokedAt) {
    return (
      <>
        {t(`row.because.${revokedBecause ?? 'revoked'}`)} <MomentText at={revokedAt} />
      </>
    )
  }
  if (!expiresAt) return t('row.noExpiry')
  const words = { replaced: 'row.worksUntil', expired: 'row.expired' } as const
  return (
    <>
      {t(state in words ? words[state as keyof typeof words] : 'row.expires')}{' '}
      <MomentText at={expiresAt} />
    </>
  )
}

const LastUse = ({ token }: Pick<Props, 'token'>) => {
  const t = useTexts('access-tokens')
  const { lastUsedAt, lastUsedAddress, lastUsedAgent } = token
  if (!lastUsedAt) return t('row.unused')
  const agent = agentName(lastUsedAgent)
  return (
    <>
      {t('row.used')} <MomentText at={lastUsedAt} />
      {lastUsedAddress && (
        <>
          {' '}
          {t('row.from')} <bdi>{lastUsedAddress}</bdi>
        </>
      )}
      {agent && (
        <>
          {' '}
          {t('row.by')} <bdi>{agent}</bdi>
        </>
      )}
    </>
  )
}

export const TokenRow = ({ token, onAct }: Props) => {
  const t = useTexts('access-tokens')
  const formatter = useFormatter()
  const { data: offer } = useQuery(offerQuery)
  return (
    <ListRow
      icon={<Ticket size={18} strokeWidth={1.75} />}
      name={<bdi>{token.name}</bdi>}
      badge={<Badge token={token} />}
      facts={[
        <code key="short" className={classes.code} translate="no">
          {shortForm(token)}
        </code>,
        scopesText(token, { t, offer, list: formatter.list, number: formatter.number }),
        <MomentFact key="created" word={t('row.created')} at={token.createdAt} />,
        <End key="end" token={token} />,
        <LastUse key="use" token={token} />,
      ]}
      {...(isOver(token) ? {} : { actions: <Actions token={token} onAct={onAct} /> })}
      details={<TokenDetails token={token} />}
    />
  )
}
