import { LifeBuoy, ShieldCheck } from 'lucide-react'
import { type CheckUpRow, type CheckUpWords, defineCheckUp } from '#web/lib/check-up.ts'
import { pages } from '#web/lib/client.ts'
import { RecoveryCodesCheck } from '#web/ui/RecoveryCodesCheck.tsx'
import { type RecoveryCodes, type TwoFactor, twoFactorQuery } from './queries.ts'

const page = pages.twoFactor.twoFactor
/** The same number as in the mail that warns. */
const lowAt = 3

const isLow = ({ remaining }: RecoveryCodes): boolean => remaining <= lowAt
const isUnsaved = (codes: RecoveryCodes): boolean => !isLow(codes) && codes.savedAt === null

const countsOf = ({ remaining, total }: RecoveryCodes, { formatter }: CheckUpWords) => ({
  remaining: formatter.number(remaining),
  total: formatter.number(total),
})

const factorRow = ({ authenticators }: TwoFactor, { t, formatter }: CheckUpWords): CheckUpRow => {
  const count = authenticators.length
  return {
    icon: ShieldCheck,
    name: t('checkUp.name'),
    state: { tone: 'good', word: t('checkUp.on') },
    fact: t('checkUp.apps', { count, shown: formatter.number(count) }),
    action: { to: page, label: t('checkUp.manage') },
  }
}

const codesRow = (codes: RecoveryCodes, words: CheckUpWords): CheckUpRow => {
  const { t } = words
  const trouble = isLow(codes) ? 'low' : isUnsaved(codes) ? 'unsaved' : null
  return {
    icon: LifeBuoy,
    name: t('checkUp.codes.name'),
    state: trouble
      ? { tone: 'notice', word: t(`checkUp.codes.${trouble}`) }
      : { tone: 'good', word: t('checkUp.codes.saved') },
    fact: t('checkUp.codes.left', countsOf(codes, words)),
    action: { to: page, label: t('checkUp.codes.manage') },
  }
}

const codesNext = (codes: RecoveryCodes, words: CheckUpWords): readonly CheckUpRow[] => {
  const { t } = words
  const said = (key: 'low' | 'unsaved') => ({
    icon: LifeBuoy,
    name: t(`checkUp.next.${key}.name`),
    fact: t(`checkUp.next.${key}.fact`, countsOf(codes, words)),
  })
  if (isLow(codes))
    return [{ ...said('low'), action: { to: page, label: t('checkUp.next.low.action') } }]
  if (!isUnsaved(codes)) return []
  const action = { dialog: RecoveryCodesCheck, label: t('checkUp.next.unsaved.action') }
  return [{ ...said('unsaved'), action }]
}

export const checkUp = defineCheckUp({
  icon: ShieldCheck,
  nameKey: 'checkUp.name',
  query: twoFactorQuery,
  rows: (factor: TwoFactor, words) => [
    ...(factor.isOn ? [factorRow(factor, words)] : []),
    ...(factor.recoveryCodes ? [codesRow(factor.recoveryCodes, words)] : []),
  ],
  next: (factor, words) => [
    ...(factor.isOn
      ? []
      : [
          {
            icon: ShieldCheck,
            name: words.t('checkUp.next.factor.name'),
            fact: words.t('checkUp.next.factor.fact'),
            action: {
              to: { page, hash: 'add' },
              label: words.t('checkUp.next.factor.action'),
            },
          },
        ]),
    ...(factor.recoveryCodes ? codesNext(factor.recoveryCodes, words) : []),
  ],
})
