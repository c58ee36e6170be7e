import { type Say, useTexts } from '#web/lib/texts.ts'
import type { Access, Operation } from './document.ts'
import classes from './Operation.module.css'

const spanText = (seconds: number, t: Say<'reference'>): string => {
  if (seconds % 3600 === 0) return t('who.hours', { count: seconds / 3600 })
  if (seconds % 60 === 0) return t('who.minutes', { count: seconds / 60 })
  return t('who.seconds', { count: seconds })
}

const limitText = ({ limit }: Access, t: Say<'reference'>): string => {
  if (!limit) return t('who.usualLimit')
  const values = { max: limit.max, window: spanText(limit.windowSeconds, t) }
  return t(limit.per === 'person' ? 'who.limitPerson' : 'who.limitAddress', values)
}

const keyText = ({ scope }: Access, t: Say<'reference'>) => {
  if (!scope) return t('who.noKey')
  return scope === 'any' ? t('who.anyKey') : <code>{scope}</code>
}

/** The whole policy of an operation, as its contract states it. */
export const WhoMay = ({ operation }: { readonly operation: Operation }) => {
  const t = useTexts('reference')
  const { access, takesKey } = operation
  const once = access.shownOnce
    ? `; ${t('who.shownOnce', { fields: access.shownOnce.join(', ') })}`
    : ''
  return (
    <dl className={classes.who}>
      {access.because === undefined ? (
        <>
          <div>
            <dt>{t('who.permission')}</dt>
            <dd>
              <code>{access.permission}</code>
            </dd>
          </div>
          <div>
            <dt>{access.scope && access.scope !== 'any' ? t('who.scope') : t('who.key')}</dt>
            <dd>{keyText(access, t)}</dd>
          </div>
        </>
      ) : (
        <div>
          <dt>{t('who.label')}</dt>
          <dd>
            {t('who.anyone')}: {access.because}.
          </dd>
        </div>
      )}
      {access.confirmed && (
        <div>
          <dt>{t('who.confirmed')}</dt>
          <dd>{t('who.confirmedYes')}</dd>
        </div>
      )}
      <div>
        <dt>{t('who.limit')}</dt>
        <dd>{limitText(access, t)}</dd>
      </div>
      {takesKey && (
        <div>
          <dt>{t('who.repeat')}</dt>
          <dd>
            {t(access.idempotency === 'required' ? 'who.keyRequired' : 'who.keyTaken')}
            {once}
          </dd>
        </div>
      )}
    </dl>
  )
}
