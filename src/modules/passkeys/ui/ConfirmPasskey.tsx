import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { api, asProblem } from '#web/lib/client.ts'
import {
  askPasskey,
  PasskeyError,
  type PasskeyOptions,
  type PasskeyReason,
} from '#web/lib/passkey.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import type { ConfirmationProps } from '#web/lib/ui-module.ts'
import { DialogActions } from '#web/ui/Dialog.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import classes from './Passkeys.module.css'

const wordsOf: Readonly<Record<PasskeyReason, string>> = {
  cancelled: 'prove.cancelled',
  present: 'prove.failed',
  unsupported: 'prove.unsupported',
  'wrong-address': 'prove.failed',
  failed: 'prove.failed',
}

type Challenge = { readonly ceremonyId: string; readonly options: PasskeyOptions }

/** The proof the server takes: the answer of the browser, and which question it belongs to. */
const proofFrom = async (signal: AbortSignal): Promise<string> => {
  const { challenge } = await api.signIn.confirmChallenge({ method: 'passkey' }, { signal })
  const { ceremonyId, options } = challenge as Challenge
  return JSON.stringify({ ceremonyId, response: await askPasskey(options, { signal }) })
}

/** Your passkey, as proof that it is you. */
export const ConfirmPasskey = ({ pending, error, submit, cancel }: ConfirmationProps) => {
  const t = useTexts('passkeys')
  const [isAsking, setIsAsking] = useState(false)
  const [words, setWords] = useState<string | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const asking = useRef<AbortController>(null)

  useEffect(() => {
    button.current?.focus()
    return () => asking.current?.abort()
  }, [])

  const ask = async () => {
    const controller = new AbortController()
    asking.current = controller
    setIsAsking(true)
    setWords(null)
    try {
      submit(await proofFrom(controller.signal))
    } catch (fault) {
      if (controller.signal.aborted) return
      setWords(
        fault instanceof PasskeyError ? t(wordsOf[fault.reason]) : problemText(asProblem(fault)),
      )
    } finally {
      setIsAsking(false)
    }
  }

  return (
    <>
      <p className={classes.before}>{t('prove.words')}</p>
      <div role="status" className={classes.outcome}>
        {words && <Notice tone="info">{words}</Notice>}
      </div>
      <div role="alert" className={classes.outcome}>
        {error && !words && !isAsking && <Notice tone="bad">{error}</Notice>}
      </div>
      <DialogActions>
        <Button variant="default" onClick={cancel}>
          {t('prove.cancel')}
        </Button>
        <ProgressButton ref={button} pending={pending || isAsking} onClick={() => void ask()}>
          {t('prove.action')}
        </ProgressButton>
      </DialogActions>
    </>
  )
}
