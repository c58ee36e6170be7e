import { KeyRound, LifeBuoy, ShieldCheck } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { List } from '#web/ui/ListRow.tsx'
import { RecoveryCodesCheck } from '#web/ui/RecoveryCodesCheck.tsx'
import { Section } from '#web/ui/Section.tsx'
import { SecurityRow } from './SecurityRow.tsx'
import { useProtection } from './use-protection.ts'

type Item = Pick<ComponentProps<typeof SecurityRow>, 'icon' | 'name' | 'fact'> & {
  readonly action: NonNullable<ComponentProps<typeof SecurityRow>['action']>
}
type Advice = 'passkey' | 'factor' | 'low' | 'unsaved'
type Protection = ReturnType<typeof useProtection>

const useItems = (protection: Protection, onCheck: () => void): readonly Item[] => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const { factor, passkeys, codes, areCodesLow, areCodesUnsaved } = protection
  const to = pages.twoFactor.twoFactor
  const words = (key: Advice) => ({
    name: t(`security.next.${key}.name`),
    fact: t(`security.next.${key}.fact`, {
      remaining: formatter.number(codes?.remaining ?? 0),
      total: formatter.number(codes?.total ?? 0),
    }),
  })
  const label = (key: Advice) => t(`security.next.${key}.action`)
  const items: (Item | false)[] = [
    passkeys.data?.passkeys.length === 0 && {
      icon: KeyRound,
      ...words('passkey'),
      action: { to: pages.passkeys.list, label: label('passkey') },
    },
    factor.data?.isOn === false && {
      icon: ShieldCheck,
      ...words('factor'),
      action: { to, hash: 'add', label: label('factor') },
    },
    areCodesLow && { icon: LifeBuoy, ...words('low'), action: { to, label: label('low') } },
    areCodesUnsaved && {
      icon: LifeBuoy,
      ...words('unsaved'),
      action: { onPress: onCheck, label: label('unsaved') },
    },
  ]
  return items.filter((item) => item !== false)
}

/** What would protect the account better, or one sentence that there is nothing. No score. */
export const SecurityNext = () => {
  const t = useTexts('account')
  const protection = useProtection()
  const [isChecking, setIsChecking] = useState(false)
  const items = useItems(protection, () => setIsChecking(true))
  const title = t('security.next.title')
  const isQuiet = items.length === 0
  // Beside an alarm, or without an answer, this would be no comfort.
  if (isQuiet && (protection.isRecovering || protection.isFailed)) return null
  return (
    <>
      {isQuiet ? (
        <Section title={title}>{t('security.next.nothing')}</Section>
      ) : (
        <Section title={title} flush>
          <List label={title}>
            {items.map((item, index) => (
              <SecurityRow
                key={item.name}
                {...item}
                // The alarm above has the one thing to do first.
                action={{ ...item.action, isFirst: index === 0 && !protection.isRecovering }}
              />
            ))}
          </List>
        </Section>
      )}
      <RecoveryCodesCheck opened={isChecking} onClose={() => setIsChecking(false)} />
    </>
  )
}
