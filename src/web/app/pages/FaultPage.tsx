import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { asProblem, Problem } from '#web/lib/client.ts'
import { useProblemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { PageSkeleton } from '#web/ui/Skeletons.tsx'
import { isLeaving } from '../session/leave.ts'
import { ShellSkeleton } from '../shell/ShellSkeleton.tsx'
import classes from './Pages.module.css'

/** The words of Chromium and Firefox, WebKit, and Vite for code or styles that did not arrive. */
const missingCode =
  /dynamically imported module|importing a module script failed|unable to preload css/i

const isMissingCode = (error: unknown) => error instanceof Error && missingCode.test(error.message)

const problemOf = (error: unknown): Problem =>
  isMissingCode(error)
    ? new Problem({
        status: 0,
        code: 'network.unreachable',
        title: 'The server cannot be reached.',
      })
    : asProblem(error)

/** A page that could not be shown: what happened, a way on, and the id to look it up by. */
export const FaultPage = ({ error, reset }: ErrorComponentProps) => {
  const t = useTexts('app')
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const [isRetrying, setIsRetrying] = useState(false)
  const problem = problemOf(error)
  const text = useProblemText(problem)

  useEffect(() => {
    document.title = t('document.title', { page: t('fault.title') })
  }, [t])

  // The sign-in page is on its way; an error would only flash.
  if (isLeaving()) return <PageSkeleton />

  const retry = async () => {
    setIsRetrying(true)
    // A browser remembers that a module failed; only a new page asks for it again.
    if (isMissingCode(error)) return location.reload()
    queries.reset()
    await router.invalidate()
    reset()
    setIsRetrying(false)
  }

  return (
    <div className={classes.page} role="alert">
      <h1 className={classes.title} tabIndex={-1} data-page-title>
        {t('fault.title')}
      </h1>
      <p className={classes.words}>{text}</p>
      <ProgressButton variant="default" pending={isRetrying} onClick={retry}>
        {t('state.retry')}
      </ProgressButton>
      {problem.instance && (
        <p className={classes.request}>
          {t('state.requestId')} <code>{problem.instance}</code>
        </p>
      )}
    </div>
  )
}

/** Without the shell around it, because the shell itself could not be drawn. */
export const RootFaultPage = (props: ErrorComponentProps) =>
  isLeaving() ? (
    <ShellSkeleton />
  ) : (
    <main>
      <FaultPage {...props} />
    </main>
  )
