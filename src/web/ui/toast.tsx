import { notifications } from '@mantine/notifications'
import { Check } from 'lucide-react'
import { say } from '#web/lib/texts.ts'

const visibleMs = 6000

/** Confirms what is not visible otherwise. Failures are shown where they were caused, not here. */
export const toast = {
  done: (message: string) => {
    notifications.show({
      message,
      icon: <Check size={16} aria-hidden />,
      autoClose: visibleMs,
      closeButtonProps: { 'aria-label': say<string>('app', 'dialog.close') },
    })
  },
}
