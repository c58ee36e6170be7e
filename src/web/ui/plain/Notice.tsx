import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '#web/lib/client.ts'
import { problemText, waitText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import classes from './Notice.module.css'

const icons = { info: Info, good: CircleCheck, notice: TriangleAlert, bad: CircleAlert } as const

type Props = { readonly tone: keyof typeof icons; readonly children: ReactNode }

export const Notice = ({ tone, children }: Props) => {
  const Icon = icons[tone]
  return (
    <div className={classes.notice} data-tone={tone}>
      <Icon className={classes.icon} size={16} aria-hidden />
      <div className={classes.words}>{children}</div>
    </div>
  )
}

const useCountdown = (from: number) => {
  const [left, setLeft] = useState(from)
  useEffect(() => {
    const end = Date.now() + from * 1000
    const timer = setInterval(
      () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))),
      1000,
    )
    return () => clearInterval(timer)
  }, [from])
  return left
}

/** Counts down for the eye; a screen reader hears the full time once, and once that it is over. */
const Wait = ({ seconds }: { readonly seconds: number }) => {
  const t = useTexts('web')
  const left = useCountdown(seconds)
  if (left === 0) return <span>{t('wait.over')}</span>
  return (
    <>
      <span aria-hidden>{t('wait.tryAgain', { wait: waitText(left) })}</span>
      <span className={classes.unseen}>{t('wait.tryAgain', { wait: waitText(seconds) })}</span>
    </>
  )
}

/** Why a form was refused, above its fields. Always in the page, so that its filling is announced. */
export const ProblemNotice = ({ problem }: { readonly problem: Problem | null }) => {
  const t = useTexts('web')
  return (
    <div role="alert" className={classes.place}>
      {problem && (
        <Notice tone="bad">
          {problemText(problem)}{' '}
          {problem.retryAfterSeconds !== undefined && (
            <Wait key={problem.instance} seconds={problem.retryAfterSeconds} />
          )}
          {problem.instance && (problem.status >= 500 || problem.status === 429) && (
            <div className={classes.request}>
              {t('entrance.requestId')} <code>{problem.instance}</code>
            </div>
          )}
        </Notice>
      )}
    </div>
  )
}
