import { notifications } from '@mantine/notifications'
import { useRef } from 'react'
import { asProblem } from '#web/lib/client.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { signOut } from './watch-session.ts'

/** Signs out of this browser. A failure is said aloud: a user who walks away must know they are still signed in. */
export const useSignOut = (): (() => void) => {
  const t = useTexts('app')
  const isRunning = useRef(false)
  return () => {
    if (isRunning.current) return
    isRunning.current = true
    signOut().catch((error: unknown) => {
      isRunning.current = false
      const title = t('person.signOutFailed')
      notifications.show({
        title,
        message: problemText(asProblem(error)),
        color: 'red',
        autoClose: false,
      })
    })
  }
}
