import { Button } from '@mantine/core'
import { Plus, SquareTerminal } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { type MoreQuery, MoreRows } from '#web/ui/MoreRows.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { Section } from '#web/ui/Section.tsx'
import { AddDialog } from './AddDialog.tsx'
import { KeyRow } from './KeyRow.tsx'
import type { SshKey } from './queries.ts'
import { RemoveDialog } from './RemoveDialog.tsx'
import classes from './SshKeys.module.css'

type Props = {
  readonly keys: readonly SshKey[]
  readonly total: number
  readonly totalMax: number
  readonly query: MoreQuery
}

export const KeysCard = ({ keys, total, totalMax, query }: Props) => {
  const t = useTexts('ssh-keys')
  const formatter = useFormatter()
  const heading = useRef<HTMLHeadingElement>(null)
  const [isAdding, setIsAdding] = useState(false)
  const [asked, setAsked] = useState<SshKey | null>(null)
  const [isAsking, setIsAsking] = useState(false)
  const isEmpty = keys.length === 0
  const isFull = total >= totalMax
  const ask = (key: SshKey) => {
    setAsked(key)
    setIsAsking(true)
  }
  const add = (
    <Button
      variant={isEmpty ? 'filled' : 'default'}
      leftSection={<Plus size={16} aria-hidden />}
      onClick={() => setIsAdding(true)}
    >
      {t('add.open')}
    </Button>
  )
  return (
    <Section
      title={t('list.title')}
      explanation={t('list.explanation')}
      aside={total > 0 && t('list.count', { count: total, shown: formatter.number(total) })}
      headingRef={heading}
      flush
      actions={!isEmpty && !isFull && add}
    >
      {isEmpty ? (
        <EmptyState icon={<SquareTerminal size={20} />} action={add}>
          {t('list.empty')}
        </EmptyState>
      ) : (
        <List label={t('list.title')}>
          {keys.map((key) => (
            <KeyRow key={key.id} sshKey={key} onRemove={() => ask(key)} />
          ))}
        </List>
      )}
      <MoreRows query={query} label={t('list.more')} failed={t('failed.more')} />
      {isFull && (
        <div className={classes.full}>
          <Notice tone="info">{t('list.full', { max: formatter.number(totalMax) })}</Notice>
        </div>
      )}
      <AddDialog opened={isAdding} heading={heading} onClose={() => setIsAdding(false)} />
      <RemoveDialog
        sshKey={asked}
        opened={isAsking}
        heading={heading}
        onClose={() => setIsAsking(false)}
      />
    </Section>
  )
}
