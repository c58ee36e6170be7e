import { type ComponentType, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { List } from '#web/ui/ListRow.tsx'
import { Section } from '#web/ui/Section.tsx'
import { type DialogProps, SecurityRow } from './SecurityRow.tsx'
import type { CheckUp } from './use-check-up.ts'

type Opened = { readonly dialog: ComponentType<DialogProps>; readonly isOpen: boolean }

/** What would protect the account better, or one sentence that there is nothing. No score. */
export const SecurityNext = ({ checkUp }: { readonly checkUp: CheckUp }) => {
  const t = useTexts('account')
  // Kept here: what is done in the dialog takes away the row that opened it.
  const [opened, setOpened] = useState<Opened | null>(null)
  const { alarms, protection } = checkUp
  const rows = protection.told.flatMap(({ next }) => next)
  const isFailed = protection.told.some(({ missing }) => missing?.isError)
  const title = t('security.next.title')
  const isQuiet = rows.length === 0
  // Beside an alarm, or without an answer, this would be no comfort.
  const isSilent = isQuiet && (alarms.isRaised || isFailed)
  return (
    <>
      {isQuiet && !isSilent && <Section title={title}>{t('security.next.nothing')}</Section>}
      {!isQuiet && (
        <Section title={title} flush>
          <List label={title}>
            {rows.map((row, index) => (
              <SecurityRow
                key={row.name}
                {...row}
                // The alarm above has the one thing to do first.
                isFirst={index === 0 && !alarms.isRaised}
                onOpen={(dialog) => setOpened({ dialog, isOpen: true })}
              />
            ))}
          </List>
        </Section>
      )}
      {opened && (
        <opened.dialog
          opened={opened.isOpen}
          onClose={() => setOpened({ ...opened, isOpen: false })}
        />
      )}
    </>
  )
}
