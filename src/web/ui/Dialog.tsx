import { Modal } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import classes from './Dialog.module.css'
import { useReturnedFocus } from './use-returned-focus.ts'

type Props = {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
  readonly size?: number
}

/**
 * Traps the focus and gives it back; Esc closes. Dialogs know of each other through the stack of the
 * shell: the confirm-it-is-you dialog may open above any of them, which then keeps what was typed.
 */
export const Dialog = ({ opened, onClose, title, children, size = 440 }: Props) => {
  const stackId = useId()
  const t = useTexts('app')
  useReturnedFocus(opened)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      stackId={stackId}
      returnFocus={false}
      centered
      classNames={{
        content: classes.content,
        header: classes.header,
        title: classes.title,
        body: classes.body,
      }}
      transitionProps={{ duration: 140, transition: 'fade' }}
      overlayProps={{ backgroundOpacity: 0.4 }}
      // Its heading is no banner of the page, although it is a `header` element.
      attributes={{ header: { role: 'presentation' } }}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      {children}
    </Modal>
  )
}

/** The buttons of a dialog, at its end edge; the one that acts comes last. */
export const DialogActions = ({ children }: { readonly children: ReactNode }) => (
  <div className={classes.actions}>{children}</div>
)
