import { type RefObject, useEffect, useRef, useState } from 'react'
import { Problem } from '#web/lib/client.ts'
import { hasPasskeys } from '#web/lib/passkey.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Or } from '#web/ui/plain/Or.tsx'
import { PasskeyButton } from '#web/ui/plain/second-step/PasskeyButton.tsx'
import { createAutofill } from './passkey-autofill.ts'
import { type AnsweredPasskey, askForPasskey, signInWithPasskey } from './passkey-sign-in.ts'
import type { Outcome, SignedIn } from './steps.ts'

type Props = {
  readonly form: RefObject<HTMLFormElement | null>
  readonly onSigned: (signed: SignedIn) => Outcome
}

const wantsToStay = (form: HTMLFormElement | null) =>
  form !== null && new FormData(form).has('keepSignedIn')

const usePasskeySignIn = ({ form, onSigned }: Props) => {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const send = useRef<(answer: AnsweredPasskey) => Promise<boolean>>(async () => false)

  /** Whether passkeys are to be offered again. */
  const attempt = async (ask: () => Promise<AnsweredPasskey>): Promise<boolean> => {
    setPending(true)
    setError(null)
    try {
      const signed = await signInWithPasskey(await ask(), wantsToStay(form.current))
      if (onSigned(signed) === 'leaving') return false
      setPending(false)
      return false
    } catch (failure) {
      setError(failure)
      setPending(false)
      // One that was refused would be refused again: the next try is the person's to make, by the button.
      return !(failure instanceof Problem && failure.code === 'passkeys.failed')
    }
  }
  useEffect(() => {
    send.current = (answer) => attempt(async () => answer)
  })
  const [autofill] = useState(() => createAutofill((answer) => send.current(answer)))
  useEffect(() => autofill.open(), [autofill])

  const press = async () => {
    autofill.stop()
    if (await attempt(() => askForPasskey())) autofill.start()
  }
  return { pending, error, press }
}

/** Signing in without a password: from the autofill of the address field, or by this button. */
const Offered = (props: Props) => {
  const t = useTexts('sign-in')
  const { pending, error, press } = usePasskeySignIn(props)
  const calmly = ({ code }: Problem) => {
    if (code === 'passkeys.unknown') return t('passkey.unknown')
    return code === 'passkeys.failed' ? t('passkey.failed') : undefined
  }
  return (
    <>
      <Or>{t('login.or')}</Or>
      <PasskeyButton
        label={t('login.passkey')}
        pending={pending}
        error={error}
        calmly={calmly}
        onPress={press}
      />
    </>
  )
}

export const PasskeyPart = (props: Props) => (hasPasskeys() ? <Offered {...props} /> : null)
