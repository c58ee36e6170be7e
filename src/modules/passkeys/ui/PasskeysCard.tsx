import { Button } from '@mantine/core'
import { KeyRound, Plus } from 'lucide-react'
import type { RefObject } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { Section } from '#web/ui/Section.tsx'
import { useAsked } from '#web/ui/use-asked.ts'
import { PasskeyRow } from './PasskeyRow.tsx'
import classes from './Passkeys.module.css'
import type { Passkey } from './queries.ts'
import { RemoveDialog } from './RemoveDialog.tsx'
import { useSupport } from './use-support.ts'

type Props = {
  readonly passkeys: readonly Passkey[]
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onAdd: () => void
}

export const PasskeysCard = ({ passkeys, heading, onAdd }: Props) => {
  const t = useTexts('passkeys')
  const support = useSupport()
  const { asked, isAsking, ask, close } = useAsked<Passkey>()
  const isUnable = support?.passkeys === false
  const isEmpty = passkeys.length === 0
  const add = !isUnable && (
    <Button
      variant={isEmpty ? 'filled' : 'default'}
      leftSection={<Plus size={16} aria-hidden />}
      onClick={onAdd}
    >
      {t('add.open')}
    </Button>
  )
  return (
    <Section
      title={t('list.title')}
      explanation={t('list.explanation')}
      headingRef={heading}
      flush
      actions={!isEmpty && add}
    >
      {isUnable && (
        <div className={classes.notice}>
          <Notice tone="info">{t('unsupported')}</Notice>
        </div>
      )}
      {isEmpty ? (
        <EmptyState icon={<KeyRound size={20} />} action={add}>
          {t('list.empty')}
        </EmptyState>
      ) : (
        <List label={t('list.title')}>
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} onRemove={() => ask(passkey)} />
          ))}
        </List>
      )}
      <RemoveDialog
        passkey={asked}
        isLast={passkeys.length === 1}
        opened={isAsking}
        heading={heading}
        onClose={close}
      />
    </Section>
  )
}
