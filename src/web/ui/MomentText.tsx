import { Tooltip, VisuallyHidden } from '@mantine/core'
import { useFormatter } from '#web/lib/use-formatter.ts'
import classes from './MomentText.module.css'
import { useNow } from './use-now.ts'

/** A relative time; its exact form shows on hover and focus, and is read out. */
export const MomentText = ({ at }: { readonly at: string }) => {
  const formatter = useFormatter()
  const now = useNow()
  const exact = formatter.exact(at)
  return (
    <Tooltip label={exact} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable by keyboard */}
      <time className={classes.moment} dateTime={at} tabIndex={0}>
        {formatter.when(at, now)}
        <VisuallyHidden component="span"> ({exact})</VisuallyHidden>
      </time>
    </Tooltip>
  )
}

/** Not relative, for definition lists. */
export const ExactMoment = ({ at }: { readonly at: string }) => {
  const formatter = useFormatter()
  return <time dateTime={at}>{formatter.stamp(at)}</time>
}

type FactProps = { readonly word: string; readonly at: string }

/** One fact of a row: what happened, and when. */
export const MomentFact = ({ word, at }: FactProps) => (
  <span>
    {word} <MomentText at={at} />
  </span>
)
