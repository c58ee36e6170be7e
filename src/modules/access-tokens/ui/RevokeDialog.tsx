import { useQueryClient } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { focusLater } from '#web/ui/late-focus.ts'
import { toast } from '#web/ui/toast.tsx'
import type { Token } from './queries.ts'
import classes from './Tokens.module.css'
import { agentName } from './token-words.ts'

const LastUse = ({ token }: { readonly token: Token }) => {
  const t = useTexts('access-tokens')
  const formatter = useFormatter()
  if (!token.lastUsedAt) return t('revoke.unused')
  const agent = agentName(token.lastUsedAgent) ?? token.lastUsedAgent
  return t(agent ? 'revoke.usedBy' : 'revoke.used', {
    when: formatter.when(token.lastUsedAt),
    address: token.lastUsedAddress ?? '',
    agent: agent ?? '',
  })
}

type Props = {
  readonly token: Token | null
  readonly opened: boolean
  readonly onClose: () => void
  /** Takes the focus when the menu of the row is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
}

export const RevokeDialog = ({ token, opened, onClose, heading }: Props) => {
  const t = useTexts('access-tokens')
  const client = useQueryClient()
  const name = token?.name ?? ''

  const revoke = async () => {
    if (!token) return
    try {
      await api.accessTokens.revoke({ tokenId: token.id })
    } finally {
      // After a refusal too: then the list on screen is what is wrong.
      await client.invalidateQueries({ queryKey: api.accessTokens.list.key() })
    }
    toast.done(t('revoke.done', { name }))
    focusLater(heading)
  }

  return (
    <ConsequenceDialog
      opened={opened}
      onClose={onClose}
      title={t('revoke.title', { name })}
      action={t('revoke.action')}
      isDestructive
      run={revoke}
    >
      {token && (
        <ul className={classes.facts}>
          <li>{t('revoke.fact')}</li>
          <li>
            <LastUse token={token} />
          </li>
          {token.state === 'replaced' && <li>{t('revoke.successor')}</li>}
        </ul>
      )}
    </ConsequenceDialog>
  )
}
