import { ChevronDown } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { CopyButton } from '#web/ui/CopyButton.tsx'
import { Facts } from '#web/ui/Facts.tsx'
import { QrCode } from '#web/ui/QrCode.tsx'
import classes from './AddDialog.module.css'
import type { Setup } from './queries.ts'

/** Groups of four can be compared with a phone without losing the place. */
const grouped = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret

/** The secret as a picture, as a link, and as values to type in. */
export const AddParameters = ({ setup }: { readonly setup: Setup }) => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  return (
    <div className={classes.source}>
      <div className={classes.picture}>
        <QrCode text={setup.uri} label={t('add.qr')} />
      </div>
      <div className={classes.ways}>
        <p className={classes.scan}>{t('add.scan')}</p>
        <a href={setup.uri} className={classes.open}>
          {t('add.openHere')}
        </a>
      </div>
      <details className={classes.byHand}>
        <summary className={classes.summary}>
          {t('add.byHand')}
          <ChevronDown className={classes.mark} size={16} aria-hidden />
        </summary>
        <div className={classes.secret}>
          <span className={classes.secretLabel}>{t('add.secret')}</span>
          <code className={classes.secretValue} translate="no">
            {grouped(setup.secret)}
          </code>
          <CopyButton text={setup.secret} label={t('add.copySecret')} size="compact-md" />
        </div>
        <Facts
          facts={[
            { label: t('add.issuer'), value: setup.issuer },
            { label: t('add.account'), value: setup.account },
            { label: t('add.algorithm'), value: t(`add.algorithms.${setup.algorithm}`) },
            { label: t('add.digits'), value: formatter.number(setup.digits) },
            {
              label: t('add.period'),
              value: t('add.periodValue', { seconds: formatter.number(setup.periodSeconds) }),
            },
          ]}
        />
      </details>
    </div>
  )
}
