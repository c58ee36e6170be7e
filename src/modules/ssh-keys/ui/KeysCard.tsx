import { SquareTerminal } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { type MoreQuery, MoreRows } from '#web/ui/MoreRows.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { Section } from '#web/ui/Section.tsx'
import { useAsked } from '#web/ui/use-asked.ts'
import { ExpiryDialog } from './ExpiryDialog.tsx'
import { type KeyAct, KeyRow } from './KeyRow.tsx'
import type { SshKey } from './queries.ts'
import { RemoveDialog } from './RemoveDialog.tsx'
import classes from './SshKeys.module.css'

type Props = {
  readonly keys: readonly SshKey[]
  readonly total: number
  readonly totalMax: number
  readonly query: MoreQuery
  /** Fills the list where it is empty. */
  readonly add: ReactNode
  readonly heading: RefObject<HTMLHeadingElement | null>
}

type Asked = { readonly act: KeyAct; readonly key: SshKey }

export const KeysCard = ({ keys, total, totalMax, query, add, heading }: Props) => {
  const t = useTexts('ssh-keys')
  const formatter = useFormatter()
  const { asked, isAsking, ask, close } = useAsked<Asked>()
  const dialog = (act: KeyAct) => ({
    sshKey: asked?.act === act ? asked.key : null,
    opened: asked?.act === act && isAsking,
    onClose: close,
  })
  return (
    <Section
      title={t('list.title')}
      explanation={t('list.explanation')}
      aside={total > 0 && t('list.count', { count: total, shown: formatter.number(total) })}
      headingRef={heading}
      flush
    >
      {keys.length === 0 ? (
        <EmptyState icon={<SquareTerminal size={20} />} action={add}>
          {t('list.empty')}
        </EmptyState>
      ) : (
        <List label={t('list.title')}>
          {keys.map((key) => (
            <KeyRow key={key.id} sshKey={key} onAct={(act) => ask({ act, key })} />
          ))}
        </List>
      )}
      <MoreRows query={query} label={t('list.more')} failed={t('failed.more')} />
      {total >= totalMax && (
        <div className={classes.full}>
          <Notice tone="info">{t('list.full', { max: formatter.number(totalMax) })}</Notice>
        </div>
      )}
      <ExpiryDialog {...dialog('expiry')} />
      <RemoveDialog {...dialog('remove')} heading={heading} />
    </Section>
  )
}
