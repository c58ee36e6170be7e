import type { ComponentProps, RefObject } from 'react'
import { ConsequenceDialog } from './ConsequenceDialog.tsx'
import { focusLater } from './late-focus.ts'
import { toast } from './toast.tsx'

type Props = Omit<ComponentProps<typeof ConsequenceDialog>, 'isDestructive'> & {
  /** Said once it is gone. */
  readonly done: string
  /** Takes the focus then: the row or the button that had it is gone too. */
  readonly heading: RefObject<HTMLHeadingElement | null>
}

/** Asks before something is taken away for good, says what that means, and says when it is done. */
export const RemovalDialog = ({ done, heading, run, ...props }: Props) => (
  <ConsequenceDialog
    {...props}
    isDestructive
    run={async () => {
      await run()
      toast.done(done)
      focusLater(heading)
    }}
  />
)
