import { useQuery } from '@tanstack/react-query'
import { KeySquare, MonitorSmartphone, SquareTerminal, Ticket } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { isAwaited, useMay } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { List } from '#web/ui/ListRow.tsx'
import { Section } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { SecurityRow } from './SecurityRow.tsx'
import {
  apiKeyQuery,
  sessionCountQuery,
  sshKeyCountQuery,
  tokenCountQuery,
} from './security-queries.ts'

/** Browsers that are signed in. */
const Sessions = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(sessionCountQuery)
  const count = query.data ?? 0
  return (
    <SecurityRow
      icon={MonitorSmartphone}
      name={t('security.sessions.name')}
      query={query}
      fact={t('security.sessions.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.sessions.list, label: t('security.sessions.action') }}
    />
  )
}

/** Programs that hold a token. */
const Tokens = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(tokenCountQuery)
  const count = query.data ?? 0
  if (query.data === 0) return null
  return (
    <SecurityRow
      icon={Ticket}
      name={t('security.tokens.name')}
      query={query}
      fact={t('security.tokens.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.accessTokens.list, label: t('security.tokens.action') }}
    />
  )
}

/** The one key that may do all the person may. */
const ApiKey = () => {
  const t = useTexts('account')
  const query = useQuery(apiKeyQuery)
  if (query.data?.apiKey === null) return null
  return (
    <SecurityRow
      icon={KeySquare}
      name={t('security.apiKey.name')}
      query={query}
      fact={t('security.apiKey.some')}
      action={{ to: pages.apiKey.apiKey, label: t('security.apiKey.action') }}
    />
  )
}

/** Keys that servers let in. */
const SshKeys = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(sshKeyCountQuery)
  const count = query.data ?? 0
  if (query.data === 0) return null
  return (
    <SecurityRow
      icon={SquareTerminal}
      name={t('security.sshKeys.name')}
      query={query}
      fact={t('security.sshKeys.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.sshKeys.list, label: t('security.sshKeys.action') }}
    />
  )
}

/** Asked for together, so that no row pushes another down once it is there. */
const useAsked = () => {
  const may = {
    sessions: useMay('account.sessions.manage'),
    tokens: useMay('account.tokens.manage'),
    apiKey: useMay('account.api_key.manage'),
    sshKeys: useMay('account.ssh_keys.manage'),
  }
  const isWaiting = [
    useQuery({ ...sessionCountQuery, enabled: may.sessions }),
    useQuery({ ...tokenCountQuery, enabled: may.tokens }),
    useQuery({ ...apiKeyQuery, enabled: may.apiKey }),
    useQuery({ ...sshKeyCountQuery, enabled: may.sshKeys }),
  ].some(isAwaited)
  return { may, isWaiting } as const
}

/** Everything that can use the account now. What there is none of takes no line. */
export const SecurityAccess = () => {
  const t = useTexts('account')
  const { may, isWaiting } = useAsked()
  const title = t('security.access.title')
  if (!Object.values(may).some(Boolean)) return null
  return (
    <Section title={title} explanation={t('security.access.explanation')} flush>
      {isWaiting ? (
        <ListSkeleton count={1} />
      ) : (
        <List label={title}>
          {may.sessions && <Sessions />}
          {may.tokens && <Tokens />}
          {may.apiKey && <ApiKey />}
          {may.sshKeys && <SshKeys />}
        </List>
      )}
    </Section>
  )
}
