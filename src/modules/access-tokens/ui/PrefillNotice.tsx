import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { Notice } from '#web/ui/plain/Notice.tsx'
import classes from './Create.module.css'
import type { Prefill, Unknown } from './prefill.ts'

type Props = {
  readonly prefill: Prefill
  readonly unknown: Unknown
  /** The link asked for a lifetime that is not on offer here. */
  readonly isExpiryRefused: boolean
}

/** The author of a link chose what the form holds; what of it was left out is named. */
export const PrefillNotice = ({ prefill, unknown, isExpiryRefused }: Props) => {
  const t = useTexts('access-tokens')
  const formatter = useFormatter()
  const { shown, more } = unknown
  return (
    <div className={classes.notice}>
      <Notice tone="info">
        <div className={classes.noticeLines}>
          <span className={classes.noticeTitle}>{t('prefill.title')}</span>
          <span>{t('prefill.words')}</span>
          {shown.length > 0 && (
            <span>
              {t('prefill.unknown', { count: shown.length + more })}{' '}
              {shown.map((scope, index) => (
                <span key={scope}>
                  {index > 0 && ', '}
                  <bdi className={classes.unknown} translate="no">
                    {scope}
                  </bdi>
                </span>
              ))}
              {more > 0 && ` ${t('prefill.more', { count: more, shown: formatter.number(more) })}`}
            </span>
          )}
          {prefill.isNameCut && <span>{t('prefill.nameCut')}</span>}
          {isExpiryRefused && <span>{t('prefill.expiry')}</span>}
        </div>
      </Notice>
    </div>
  )
}
