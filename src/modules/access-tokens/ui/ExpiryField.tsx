import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ChoiceField } from '#web/ui/ChoiceField.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import classes from './Create.module.css'
import { dayBounds, type ExpiryChoice, endOf, expiryChoices } from './expiry.ts'
import type { Offer } from './queries.ts'

const yearDays = 365

type Props = {
  readonly offer: Offer
  readonly start: string
  /** What is chosen now. */
  readonly choice: string
  readonly day: { readonly name: string; readonly error: string | undefined }
  readonly now: number
}

/** How long the token works: a few usual spans, or a day; within what the operator allows. */
export const ExpiryField = ({ offer, start, choice, day, now }: Props) => {
  const t = useTexts('access-tokens')
  const formatter = useFormatter()
  const label = (value: ExpiryChoice) => {
    if (value === 'none' || value === 'date') return t(`expiry.${value}`)
    const days = Number(value)
    if (days === yearDays) return t('expiry.year')
    return t('expiry.days', { count: days, shown: formatter.number(days) })
  }
  const description = (value: ExpiryChoice) => {
    if (value === 'none' || value === 'date') return t(`expiry.${value}Means`)
    const end = endOf({ choice: value, date: '' }, now)
    return t('expiry.until', { date: formatter.date(end ?? now) })
  }
  const { first, last } = dayBounds(offer, now)
  const most = offer.lifetimeDaysMax
  return (
    <div>
      <ChoiceField
        name="expiry"
        label={t('expiry.label')}
        defaultValue={start}
        choices={expiryChoices(offer).map((value) => ({
          value,
          label: label(value),
          description: description(value),
        }))}
      />
      {most !== null && (
        <p className={classes.limit}>
          {t('expiry.most', { count: most, shown: formatter.number(most) })}
        </p>
      )}
      {choice === 'date' && (
        <div className={classes.day}>
          <TextField {...day} label={t('expiry.day')} type="date" min={first} max={last} required />
        </div>
      )}
    </div>
  )
}
