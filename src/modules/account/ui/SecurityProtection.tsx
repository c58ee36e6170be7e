import { useQuery } from '@tanstack/react-query'
import { KeyRound, LifeBuoy, LockKeyhole, ShieldCheck, UserRoundCog } from 'lucide-react'
import { pages } from '#web/lib/client.ts'
import { useMay } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { List } from '#web/ui/ListRow.tsx'
import { Section } from '#web/ui/Section.tsx'
import { ApiKey, Sessions, SshKeys, Tokens } from './SecurityAccess.tsx'
import { Protection } from './SecurityRow.tsx'
import { passkeysQuery, recoveryQuery, twoFactorQuery } from './security-queries.ts'

/** The same number as in the mail that warns. */
const lowAt = 3

const Password = () => {
  const t = useTexts('account')
  return (
    <Protection
      icon={LockKeyhole}
      name={t('security.password.name')}
      state={{ tone: 'good', word: t('security.password.set') }}
      fact={t('security.password.fact')}
      action={{ to: pages.account.profile, hash: 'password', label: t('security.password.action') }}
    />
  )
}

const SecondFactor = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(twoFactorQuery)
  const to = pages.twoFactor.twoFactor
  const count = query.data?.authenticators.length ?? 0
  const apps = t('security.factor.apps', { count, shown: formatter.number(count) })
  const isOn = query.data?.isOn === true
  return (
    <Protection
      icon={ShieldCheck}
      name={t('security.factor.name')}
      query={query}
      state={
        isOn
          ? { tone: 'good', word: t('security.on') }
          : { tone: 'notice', word: t('security.off') }
      }
      fact={isOn ? apps : t('security.factor.none')}
      action={
        isOn
          ? { to, label: t('security.factor.manage') }
          : { to, hash: 'add', label: t('security.factor.add'), isNext: true }
      }
    />
  )
}

const Passkeys = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(passkeysQuery)
  const to = pages.passkeys.list
  const count = query.data?.passkeys.length ?? 0
  return (
    <Protection
      icon={KeyRound}
      name={t('security.passkeys.name')}
      query={query}
      state={
        count > 0
          ? { tone: 'good', word: t('security.passkeys.some') }
          : { tone: 'off', word: t('security.passkeys.none') }
      }
      fact={t('security.passkeys.fact', { count, shown: formatter.number(count) })}
      action={
        count > 0
          ? { to, label: t('security.passkeys.manage') }
          : { to, label: t('security.passkeys.add'), isNext: true }
      }
    />
  )
}

const RecoveryCodes = () => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const query = useQuery(twoFactorQuery)
  const to = pages.twoFactor.twoFactor
  const codes = query.data?.recoveryCodes ?? null
  if (query.data && !codes) {
    return (
      <Protection
        icon={LifeBuoy}
        name={t('security.codes.name')}
        state={{ tone: 'off', word: t('security.codes.none') }}
        fact={t('security.codes.noneFact')}
      />
    )
  }
  const { remaining = 0, total = 0, savedAt = null } = codes ?? {}
  const values = { remaining: formatter.number(remaining), total: formatter.number(total) }
  const isLow = remaining <= lowAt
  const isFine = !isLow && savedAt !== null
  const word = isLow ? 'security.codes.low' : 'security.codes.unsaved'
  return (
    <Protection
      icon={LifeBuoy}
      name={t('security.codes.name')}
      query={query}
      state={
        isFine
          ? { tone: 'good', word: t('security.codes.saved') }
          : { tone: 'notice', word: t(word) }
      }
      fact={t(isFine || isLow ? 'security.codes.left' : 'security.codes.unsavedFact', values)}
      action={{
        to,
        label: t(isFine ? 'security.codes.manage' : 'security.codes.renew'),
        isNext: !isFine,
      }}
    />
  )
}

const Recovery = () => {
  const t = useTexts('account')
  const query = useQuery(recoveryQuery)
  if (query.data) return null
  return (
    <Protection
      icon={UserRoundCog}
      name={t('security.recovery.name')}
      query={query}
      state={{ tone: 'good', word: t('security.recovery.none') }}
      fact={t('security.recovery.noneFact')}
    />
  )
}

/** No score: what is there, what is missing, and the way to change it. */
export const SecurityProtection = () => {
  const t = useTexts('account')
  const maySeeFactors = useMay('account.two_factor.manage')
  const maySeePasskeys = useMay('account.passkeys.manage')
  const maySeeSessions = useMay('account.sessions.manage')
  const maySeeTokens = useMay('account.tokens.manage')
  const maySeeApiKey = useMay('account.api_key.manage')
  const maySeeSshKeys = useMay('account.ssh_keys.manage')
  return (
    <Section
      title={t('security.protection.title')}
      explanation={t('security.protection.explanation')}
      flush
    >
      <List label={t('security.protection.title')}>
        <Password />
        {maySeeFactors && <SecondFactor />}
        {maySeePasskeys && <Passkeys />}
        {maySeeFactors && <RecoveryCodes />}
        {maySeeSessions && <Sessions />}
        {maySeeTokens && <Tokens />}
        {maySeeApiKey && <ApiKey />}
        {maySeeSshKeys && <SshKeys />}
        <Recovery />
      </List>
    </Section>
  )
}
