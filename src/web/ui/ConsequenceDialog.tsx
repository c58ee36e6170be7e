import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { asProblem, type Problem } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Dialog, DialogActions } from './Dialog.tsx'
import { InlineProblem } from './InlineProblem.tsx'
import { ProgressButton } from './ProgressButton.tsx'

type Props = {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** What will happen, as facts. */
  readonly children: ReactNode
  /** A verb and its object: "Revoke session". */
  readonly action: string
  readonly isDestructive: boolean
  readonly run: () => Promise<void>
}

/** Says what an act will do, does it, and shows a refusal in place. */
export const ConsequenceDialog = (props: Props) => {
  const { opened, onClose, title, children, action, isDestructive, run } = props
  const t = useTexts('app')
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const close = () => {
    if (isPending) return
    setProblem(null)
    onClose()
  }

  const act = async () => {
    setIsPending(true)
    setProblem(null)
    try {
      await run()
      onClose()
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setIsPending(false)
    }
  }

  return (
    <Dialog opened={opened} onClose={close} title={title}>
      {children}
      <InlineProblem problem={problem} />
      <DialogActions>
        <Button variant="default" onClick={close} data-autofocus>
          {t('dialog.cancel')}
        </Button>
        <ProgressButton pending={isPending} color={isDestructive ? 'red' : 'accent'} onClick={act}>
          {action}
        </ProgressButton>
      </DialogActions>
    </Dialog>
  )
}
