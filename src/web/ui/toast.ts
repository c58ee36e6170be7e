import { notifications } from '@mantine/notifications'

/** Confirms what is not visible otherwise. Failures are shown where they were caused, not here. */
export const toast = {
  done: (message: string) => {
    notifications.show({ message, autoClose: 6000, withBorder: true })
  },
}
