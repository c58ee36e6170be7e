import { Button } from '@mantine/core'
import { useLayoutEffect, useRef, useState } from 'react'
import { api, type ConfirmationRequest } from '#web/lib/client.ts'
import { useMe } from '#web/lib/queries.ts'
import { hasText, say, useTexts } from '#web/lib/texts.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { QuietButton } from '#web/ui/plain/SubmitButton.tsx'
import { OtherWays } from '#web/ui/plain/second-step/OtherWays.tsx'
import { knownOf, type Method } from '#web/ui/plain/second-step/proving.ts'
import { Step } from '#web/ui/plain/second-step/Step.tsx'
import classes from './ConfirmDialog.module.css'
import { settleConfirmation, usePendingConfirmation } from './pending-confirmation.ts'

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `sessions.endOthers` is named by the text `confirm.endOthers` of its module. */
const actionText = (operation: string, fallback: string): string => {
  const [module = '', key = ''] = operation.split('.')
  const namespace = kebab(module)
  return hasText(namespace, `confirm.${key}`) ? say<string>(namespace, `confirm.${key}`) : fallback
}

const NoWay = () => {
  const t = useTexts('app')
  return (
    <>
      <p className={classes.words}>{t('confirm.noWay')}</p>
      <DialogActions>
        <Button onClick={() => settleConfirmation(false)}>{t('dialog.close')}</Button>
      </DialogActions>
    </>
  )
}

const prove = async (method: string, proof: string) => {
  await api.signIn.confirm({ method, proof })
  settleConfirmation(true)
  return 'leaving' as const
}

/** Asks the way the second step of a sign-in does: the same forms, words and list. */
const Asked = ({ method }: { readonly method: Method }) => {
  const t = useTexts('app')
  const words = useTexts('web')
  const { email } = useMe()
  return (
    <>
      {method !== 'password' && (
        <p className={classes.intro}>{words(`secondStep.${method}.intro`)}</p>
      )}
      <div className={classes.step}>
        <Step
          method={method}
          email={email}
          challenge={(asked) => api.signIn.confirmChallenge({ method: asked })}
          prove={prove}
          wrongCode="sign-in.not_confirmed"
          wrongText={(wrong) => words(`secondStep.${wrong}.wrong`)}
          submitLabel={t('confirm.submit')}
          wayOut={
            <QuietButton onPress={() => settleConfirmation(false)}>
              {t('dialog.cancel')}
            </QuietButton>
          }
        />
      </div>
    </>
  )
}

const Conversation = ({ request }: { readonly request: ConfirmationRequest }) => {
  const t = useTexts('app')
  const ways = knownOf(request.methods)
  const [chosen, setChosen] = useState<Method | undefined>()
  const frame = useRef<HTMLDivElement>(null)
  const method = ways.find((one) => one === chosen) ?? ways[0]
  // Before the form takes the focus for itself, where it does: the button of the list is gone.
  useLayoutEffect(() => {
    if (chosen) frame.current?.focus()
  }, [chosen])
  if (!method) return <NoWay />
  return (
    <div ref={frame} className={classes.frame} tabIndex={-1}>
      <p className={classes.words}>
        {t('confirm.waiting')}{' '}
        <strong>{actionText(request.operation, t('confirm.someAction'))}.</strong>{' '}
        {t('confirm.lasts')}
      </p>
      <Asked key={method} method={method} />
      <OtherWays methods={ways.filter((one) => one !== method)} choose={setChosen} />
    </div>
  )
}

/** Opens above whatever waits for it; the page and its dialogs stay as they are. */
export const ConfirmDialog = () => {
  const t = useTexts('app')
  const request = usePendingConfirmation()
  return (
    <Dialog
      opened={request !== null}
      onClose={() => settleConfirmation(false)}
      title={t('confirm.title')}
      size={420}
    >
      {request && <Conversation request={request} />}
    </Dialog>
  )
}
