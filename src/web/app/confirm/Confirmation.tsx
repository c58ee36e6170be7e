import { Button } from '@mantine/core'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { DialogActions } from '#web/ui/Dialog.tsx'
import { QuietButton } from '#web/ui/plain/SubmitButton.tsx'
import { OtherWays } from '#web/ui/plain/second-step/OtherWays.tsx'
import { knownOf, type Method, useMethodWords } from '#web/ui/plain/second-step/prove.ts'
import { Step } from '#web/ui/plain/second-step/Step.tsx'
import classes from './Confirmation.module.css'

type Ends = { readonly onConfirmed: () => void; readonly onCancel: () => void }

type Props = Ends & {
  /** Ways the server would accept, strongest first. */
  readonly methods: readonly string[]
  /** What waits for it, and how long it lasts. */
  readonly words: ReactNode
}

const NoWay = ({ onCancel }: Pick<Ends, 'onCancel'>) => {
  const t = useTexts('app')
  return (
    <>
      <p className={classes.words}>{t('confirm.noWay')}</p>
      <DialogActions>
        <Button onClick={onCancel}>{t('dialog.close')}</Button>
      </DialogActions>
    </>
  )
}

/** Asks the way the second step of a sign-in does: the same forms, words and list. */
const Asked = ({ method, onConfirmed, onCancel }: Ends & { readonly method: Method }) => {
  const t = useTexts('app')
  const words = useMethodWords(method)
  const { email } = useMe()

  const prove = async (method: string, proof: string) => {
    await api.signIn.confirm({ method, proof })
    onConfirmed()
    return 'leaving' as const
  }

  return (
    <>
      {method !== 'password' && <p className={classes.intro}>{words('intro')}</p>}
      <div className={classes.step}>
        <Step
          method={method}
          email={email}
          challenge={(asked) => api.signIn.confirmChallenge({ method: asked })}
          prove={prove}
          wrongCode="sign-in.not_confirmed"
          wrongText={() => words('wrong')}
          submitLabel={t('confirm.submit')}
          wayOut={<QuietButton onPress={onCancel}>{t('dialog.cancel')}</QuietButton>}
        />
      </div>
    </>
  )
}

/** The proof that it is you, with any method the user has: in the dialog, and on a page of its own. */
export const Confirmation = ({ methods, words, ...ends }: Props) => {
  const ways = knownOf(methods)
  const [chosen, setChosen] = useState<Method | undefined>()
  const frame = useRef<HTMLDivElement>(null)
  const method = ways.find((one) => one === chosen) ?? ways[0]
  // Before the form takes the focus for itself, where it does: the button of the list is gone.
  useLayoutEffect(() => {
    if (chosen) frame.current?.focus()
  }, [chosen])
  if (!method) return <NoWay onCancel={ends.onCancel} />
  return (
    <div ref={frame} className={classes.frame} tabIndex={-1}>
      <p className={classes.words}>{words}</p>
      <Asked key={method} method={method} {...ends} />
      <OtherWays methods={ways.filter((one) => one !== method)} choose={setChosen} />
    </div>
  )
}
