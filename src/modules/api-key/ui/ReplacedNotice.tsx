import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { useNow } from '#web/ui/use-now.ts'
import type { ReplacedKey } from './queries.ts'

/** Two keys work: until when, and whether a program still uses the old one. */
export const ReplacedNotice = ({ replaced }: { readonly replaced: ReplacedKey }) => {
  const t = useTexts('api-key')
  const formatter = useFormatter()
  const now = useNow()
  const { lastFour, endsAt, lastUsedAt, lastUsedAddress } = replaced
  const values = { lastFour, until: formatter.dateTime(endsAt) }
  return (
    <Notice tone="notice">
      {t('replaced.works', values)}{' '}
      {lastUsedAt
        ? t('replaced.used', {
            when: formatter.when(lastUsedAt, now),
            address: lastUsedAddress ?? '',
          })
        : t('replaced.unused')}
    </Notice>
  )
}
