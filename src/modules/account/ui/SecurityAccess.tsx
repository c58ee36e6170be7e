import { useQuery } from '@tanstack/react-query'
import { KeySquare, MonitorSmartphone, SquareTerminal, Ticket } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { Protection } from './SecurityRow.tsx'
import {
  apiKeyQuery,
  sessionCountQuery,
  sshKeyCountQuery,
  tokenCountQuery,
} from './security-queries.ts'

/** Browsers that are signed in. */
export const Sessions = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(sessionCountQuery)
  const count = query.data ?? 0
  return (
    <Protection
      icon={MonitorSmartphone}
      name={t('security.sessions.name')}
      query={query}
      fact={t('security.sessions.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.sessions.list, label: t('security.sessions.action') }}
    />
  )
}

/** Programs that hold a token. */
export const Tokens = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(tokenCountQuery)
  const count = query.data ?? 0
  return (
    <Protection
      icon={Ticket}
      name={t('security.tokens.name')}
      query={query}
      fact={t('security.tokens.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.accessTokens.list, label: t('security.tokens.action') }}
    />
  )
}

/** The one key that may do all the person may. */
export const ApiKey = () => {
  const t = useTexts('account')
  const query = useQuery(apiKeyQuery)
  return (
    <Protection
      icon={KeySquare}
      name={t('security.apiKey.name')}
      query={query}
      fact={t(query.data?.apiKey ? 'security.apiKey.some' : 'security.apiKey.none')}
      action={{ to: pages.apiKey.apiKey, label: t('security.apiKey.action') }}
    />
  )
}

/** Keys that servers let in. */
export const SshKeys = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(sshKeyCountQuery)
  const count = query.data ?? 0
  return (
    <Protection
      icon={SquareTerminal}
      name={t('security.sshKeys.name')}
      query={query}
      fact={t('security.sshKeys.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.sshKeys.list, label: t('security.sshKeys.action') }}
    />
  )
}
