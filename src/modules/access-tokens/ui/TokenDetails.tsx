import { useQuery } from '@tanstack/react-query'
import { useTexts } from '#web/lib/texts.ts'
import { type Fact, Facts } from '#web/ui/Facts.tsx'
import { ExactMoment } from '#web/ui/MomentText.tsx'
import { offerQuery, type Token } from './queries.ts'
import classes from './Tokens.module.css'
import { scopeLabel, shortForm } from './token-words.ts'

const Scopes = ({ token }: { readonly token: Token }) => {
  const t = useTexts('access-tokens')
  const { data: offer } = useQuery(offerQuery)
  if (token.scopes.length === 0) return t('details.noScope')
  return (
    <ul className={classes.scopes}>
      {token.scopes.map((scope) => (
        <li key={scope}>
          {scopeLabel(scope, offer)}{' '}
          <code className={classes.code} translate="no">
            {scope}
          </code>
        </li>
      ))}
    </ul>
  )
}

/** Everything that is known of one token, except the token. */
export const TokenDetails = ({ token }: { readonly token: Token }) => {
  const t = useTexts('access-tokens')
  const { expiresAt, revokedAt, revokedBecause, replacedBy, lastUsedAt } = token
  const moment = (at: string | null, otherwise: string) =>
    at ? <ExactMoment at={at} /> : otherwise
  const facts: readonly (Fact | false)[] = [
    { label: t('details.state'), value: t(`details.states.${token.state}`) },
    { label: t('details.token'), value: <bdi>{shortForm(token)}</bdi>, isCode: true },
    { label: t('details.scopes'), value: <Scopes token={token} /> },
    { label: t('details.created'), value: <ExactMoment at={token.createdAt} /> },
    // What a revoked one would have had left says nothing any more.
    revokedAt === null && {
      label: t(token.state === 'expired' ? 'details.expired' : 'details.expires'),
      value: moment(expiresAt, t('row.noExpiry')),
    },
    revokedAt !== null && { label: t('details.revoked'), value: <ExactMoment at={revokedAt} /> },
    revokedBecause !== null && {
      label: t('details.because'),
      value: t(`details.reasons.${revokedBecause}`),
    },
    { label: t('details.used'), value: moment(lastUsedAt, t('details.never')) },
    token.lastUsedAddress !== null && {
      label: t('details.address'),
      value: <bdi>{token.lastUsedAddress}</bdi>,
      isCode: true,
    },
    token.lastUsedAgent !== null && {
      label: t('details.agent'),
      value: <bdi>{token.lastUsedAgent || t('details.noAgent')}</bdi>,
      isCode: token.lastUsedAgent !== '',
    },
    { label: t('details.id'), value: <bdi>{token.id}</bdi>, isCode: true },
    replacedBy !== null && {
      label: t('details.replacedBy'),
      value: <bdi>{replacedBy}</bdi>,
      isCode: true,
    },
  ]
  return <Facts facts={facts.filter((fact) => fact !== false)} />
}
