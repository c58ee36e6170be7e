import { Button } from '@mantine/core'
import { useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { Facts } from '#web/ui/Facts.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { RecoveryCodesCheck } from '#web/ui/RecoveryCodesCheck.tsx'
import { Section } from '#web/ui/Section.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import type { RecoveryCodes, TwoFactor } from './queries.ts'
import classes from './TwoFactor.module.css'

/** The same number as in the mail that warns. */
const lowAt = 3

type Props = {
  readonly state: TwoFactor
  readonly onCodes: (codes: readonly string[]) => void
}

const useWarning = ({ remaining, savedAt }: RecoveryCodes): string | null => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  if (remaining === 0) return t('codes.empty')
  if (remaining <= lowAt)
    return t('codes.low', { count: remaining, shown: formatter.number(remaining) })
  return savedAt === null ? t('codes.unsavedFact') : null
}

const Counted = ({ codes }: { readonly codes: RecoveryCodes }) => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  const warning = useWarning(codes)
  const { remaining, total, savedAt, createdAt } = codes
  const used = total - remaining
  const left = t('codes.left', {
    remaining: formatter.number(remaining),
    total: formatter.number(total),
  })
  return (
    <div className={classes.codes}>
      {warning && <Notice tone="notice">{warning}</Notice>}
      <Facts
        facts={[
          { label: t('codes.state'), value: remaining === 0 ? t('codes.usedUp') : left },
          {
            label: t('codes.usedLabel'),
            value: t('codes.used', { count: used, shown: formatter.number(used) }),
          },
          { label: t('codes.issued'), value: <MomentText at={createdAt} /> },
          {
            label: t('codes.savedAt'),
            value: savedAt ? (
              <MomentText at={savedAt} />
            ) : (
              <StateBadge tone="notice">{t('codes.unsaved')}</StateBadge>
            ),
          },
        ]}
      />
    </div>
  )
}

/** How many are left, whether they are kept somewhere, and new ones. */
export const CodesCard = ({ state, onCodes }: Props) => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  const [isAsking, setIsAsking] = useState(false)
  const [isChecking, setIsChecking] = useState(false)
  const codes = state.recoveryCodes
  if (!codes) {
    return (
      <Section title={t('codes.title')} explanation={t('codes.explanation')}>
        <span className={classes.muted}>{t('codes.none')}</span>
      </Section>
    )
  }
  const count = codes.remaining
  const isUnsaved = count > 0 && codes.savedAt === null
  return (
    <Section
      title={t('codes.title')}
      explanation={t('codes.explanation')}
      actions={
        <>
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {t('codes.regenerate')}
          </Button>
          {isUnsaved && (
            <Button onClick={() => setIsChecking(true)}>{t('codes.check.open')}</Button>
          )}
        </>
      }
    >
      <Counted codes={codes} />
      <ConsequenceDialog
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('codes.regenerateTitle')}
        action={t('codes.regenerateAction')}
        isDestructive={count > 0}
        run={async () => onCodes((await api.twoFactor.regenerateCodes()).recoveryCodes)}
      >
        <p className={classes.fact}>
          {t('codes.regenerateFact', { count, shown: formatter.number(count) })}
        </p>
      </ConsequenceDialog>
      <RecoveryCodesCheck opened={isChecking} onClose={() => setIsChecking(false)} />
    </Section>
  )
}
