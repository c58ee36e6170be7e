import { CircleAlert } from 'lucide-react'
import type { Problem } from '#web/lib/client.ts'
import { useProblemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import classes from './InlineProblem.module.css'

/** A refused action, where it was tried. Announced when it appears. */
export const InlineProblem = ({ problem: given }: { readonly problem: Problem | null }) => {
  const t = useTexts('app')
  // A user who closed the confirmation knows why nothing happened.
  const problem = given?.code === 'auth.confirm_again' ? null : given
  const text = useProblemText(problem)
  return (
    <div role="alert">
      {problem && (
        <div className={classes.problem}>
          <CircleAlert className={classes.icon} size={16} aria-hidden />
          <div>
            {text}
            {problem.instance && problem.status >= 500 && (
              <div className={classes.request}>
                {t('state.requestId')} <code>{problem.instance}</code>
              </div>
            )}
          </div>
        </div>
      )}
    </div>
  )
}
