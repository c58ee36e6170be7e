import { KeyRound, LifeBuoy, LockKeyhole, ShieldCheck } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { List } from '#web/ui/ListRow.tsx'
import { Section } from '#web/ui/Section.tsx'
import { SecurityRow } from './SecurityRow.tsx'
import { useProtection } from './use-protection.ts'

type Props = { readonly protection: ReturnType<typeof useProtection> }

const Passkeys = ({ protection }: Props) => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = protection.passkeys
  const passkeys = query.data?.passkeys ?? []
  const count = passkeys.length
  if (count === 0 && !query.isError) return null
  return (
    <SecurityRow
      icon={KeyRound}
      name={t('security.passkeys.name')}
      query={query}
      state={
        passkeys.some(({ lastUsedAt }) => lastUsedAt !== null)
          ? { tone: 'good', word: t('security.passkeys.used') }
          : { tone: 'plain', word: t('security.passkeys.unused') }
      }
      fact={t('security.passkeys.fact', { count, shown: formatter.number(count) })}
      action={{ to: pages.passkeys.list, label: t('security.passkeys.manage') }}
    />
  )
}

const SecondFactor = ({ protection }: Props) => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = protection.factor
  if (!query.data?.isOn && !query.isError) return null
  const count = query.data?.authenticators.length ?? 0
  return (
    <SecurityRow
      icon={ShieldCheck}
      name={t('security.factor.name')}
      query={query}
      state={{ tone: 'good', word: t('security.on') }}
      fact={t('security.factor.apps', { count, shown: formatter.number(count) })}
      action={{ to: pages.twoFactor.twoFactor, label: t('security.factor.manage') }}
    />
  )
}

const RecoveryCodes = ({ protection }: Props) => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const { codes, areCodesLow, areCodesUnsaved } = protection
  if (!codes) return null
  const left = {
    remaining: formatter.number(codes.remaining),
    total: formatter.number(codes.total),
  }
  const trouble = areCodesLow ? 'low' : 'unsaved'
  return (
    <SecurityRow
      icon={LifeBuoy}
      name={t('security.codes.name')}
      state={
        areCodesLow || areCodesUnsaved
          ? { tone: 'notice', word: t(`security.codes.${trouble}`) }
          : { tone: 'good', word: t('security.codes.saved') }
      }
      fact={t('security.codes.left', left)}
      action={{ to: pages.twoFactor.twoFactor, label: t('security.codes.manage') }}
    />
  )
}

const Password = () => {
  const t = useTexts('account')
  return (
    <SecurityRow
      icon={LockKeyhole}
      name={t('security.password.name')}
      state={{ tone: 'good', word: t('security.password.set') }}
      fact={t('security.password.fact')}
      action={{ to: pages.account.profile, hash: 'password', label: t('security.password.action') }}
    />
  )
}

/** What is there, strongest first, and the way to change it. What is missing is above. */
export const SecurityProtection = () => {
  const t = useTexts('account')
  const protection = useProtection()
  const title = t('security.protection.title')
  return (
    <Section title={title} flush>
      <List label={title}>
        <Passkeys protection={protection} />
        <SecondFactor protection={protection} />
        <RecoveryCodes protection={protection} />
        <Password />
      </List>
    </Section>
  )
}
