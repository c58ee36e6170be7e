import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'

/** The words around the codes, on paper and in the file. */
export type SheetWords = {
  readonly title: string
  readonly site: string
  readonly account: string
  readonly created: string
  readonly rule: string
}

export const useSheetWords = (): SheetWords => {
  const t = useTexts('two-factor')
  const { email, organisation } = useMe()
  const formatter = useFormatter()
  return {
    title: t('codes.sheet.title', { organisation: organisation.name }),
    site: t('codes.sheet.site', { address: location.origin }),
    account: t('codes.sheet.account', { email }),
    created: t('codes.sheet.created', { date: formatter.dateTime(Date.now()) }),
    rule: t('codes.sheet.rule'),
  }
}

/** Line ends that every editor on every system understands. */
export const fileTextOf = (codes: readonly string[], words: SheetWords): string =>
  [words.title, words.site, words.account, words.created, '', ...codes, '', words.rule, ''].join(
    '\r\n',
  )

export const fileNameOf = (now: Date): string =>
  `latchkey-recovery-codes-${now.toISOString().slice(0, 10)}.txt`
