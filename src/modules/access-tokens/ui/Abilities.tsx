import { Ban, CalendarClock, Check, IdCard } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import classes from './Create.module.css'
import type { OfferedScope } from './queries.ts'
import { essential } from './scope-tree.ts'

type PointProps = {
  readonly icon: typeof Check
  readonly tone?: 'good'
  readonly children: ReactNode
}

const Point = ({ icon: Icon, tone, children }: PointProps) => (
  <li className={classes.point}>
    <Icon className={classes.pointIcon} data-tone={tone} size={16} aria-hidden />
    <span>{children}</span>
  </li>
)

type Props = {
  readonly scopes: readonly OfferedScope[]
  readonly chosen: ReadonlySet<string>
  /** Epoch milliseconds; null: never, undefined: not known yet. */
  readonly end: number | null | undefined
}

/** What is about to be handed out, in plain words. Its first line is read out when it changes. */
export const Abilities = ({ scopes, chosen, end }: Props) => {
  const t = useTexts('access-tokens')
  const formatter = useFormatter()
  const granted = essential(chosen, scopes)
  const count = granted.length
  const until = end ? t('abilities.until', { date: formatter.date(end) }) : t('abilities.noDate')
  return (
    <>
      <p className={classes.count} role="status">
        {t('abilities.count', { count, shown: formatter.number(count) })}
      </p>
      <ul className={classes.points}>
        {count === 0 && <Point icon={IdCard}>{t('abilities.nothing')}</Point>}
        {granted.map((scope) => (
          <Point key={scope.id} icon={Check} tone="good">
            <strong>{scope.label}.</strong> {scope.allows}
            {!scope.isNeededHere && ` ${t('scopes.notNeeded')}`}
          </Point>
        ))}
        {count > 0 && <Point icon={IdCard}>{t('abilities.asYou')}</Point>}
        <Point icon={Ban}>{t('abilities.never')}</Point>
        <Point icon={CalendarClock}>{end === null ? t('abilities.endless') : until}</Point>
      </ul>
    </>
  )
}
