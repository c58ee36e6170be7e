import { type ReactNode, useEffect, useRef } from 'react'
import { asProblem } from '#web/lib/client.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useDelayed } from '../use-delayed.ts'
import classes from './EntranceCard.module.css'
import { QuietButton } from './SubmitButton.tsx'

type Props = {
  readonly title: string
  readonly intro?: ReactNode
  readonly children?: ReactNode
  /** Below a rule: the way to another page. */
  readonly footer?: ReactNode
  /** The content took the place of another: the reader is told by moving there. */
  readonly takesFocus?: boolean
}

/** One page of the entrance: what it is, one form, one way out. */
export const EntranceCard = ({ title, intro, children, footer, takesFocus = false }: Props) => {
  const t = useTexts('web')
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${t('product')}`
  }, [title, t])
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  return (
    <>
      <h1 className={classes.title} ref={heading} tabIndex={-1} data-page-title>
        {title}
      </h1>
      {intro && <p className={classes.intro}>{intro}</p>}
      {children && <div className={classes.content}>{children}</div>}
      {footer && <p className={classes.footer}>{footer}</p>}
    </>
  )
}

/** In the shape of a form with so many fields, after 150 ms. */
export const EntranceSkeleton = ({ fields }: { readonly fields: number }) => {
  const t = useTexts('web')
  const isLate = useDelayed()
  return (
    <div className={classes.skeleton} data-late={isLate || undefined} aria-busy="true">
      <h1 className={classes.unseen}>{t('entrance.loading')}</h1>
      <span data-bone="title" />
      {Array.from({ length: fields }, (_, index) => index).map((index) => (
        <span key={index} data-bone="field" />
      ))}
      <span data-bone="button" />
    </div>
  )
}

type FailureProps = { readonly error: unknown; readonly onRetry: () => void }

export const EntranceFailure = ({ error, onRetry }: FailureProps) => {
  const t = useTexts('web')
  const problem = asProblem(error)
  return (
    <EntranceCard title={t('entrance.unreachable')} intro={problemText(problem)} takesFocus>
      <QuietButton onPress={onRetry}>{t('entrance.retry')}</QuietButton>
      {problem.instance && (
        <p className={classes.request}>
          {t('entrance.requestId')} <code>{problem.instance}</code>
        </p>
      )}
    </EntranceCard>
  )
}
