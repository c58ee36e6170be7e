import { api, pages } from '#web/lib/client.ts'
import { emailAddress, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { rememberEmail, rememberedEmail } from '#web/lib/remembered-email.ts'
import { useTexts } from '#web/lib/texts.ts'
import { TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { CheckField, FieldRow, TextField } from '#web/ui/plain/Field.tsx'
import { ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { PasswordField } from '#web/ui/plain/PasswordField.tsx'
import { SubmitButton } from '#web/ui/plain/SubmitButton.tsx'
import { PasskeyPart } from './PasskeyPart.tsx'
import { markPasskeyOffer } from './passkey-offer.ts'
import { enter, type Outcome, type SignedIn } from './steps.ts'

type Props = { readonly onSecondStep: (methods: readonly string[]) => void }

export const SignInForm = ({ onSecondStep }: Props) => {
  const t = useTexts('sign-in')
  const goOn = (signed: SignedIn): Outcome => {
    if (signed.next === 'done') return enter()
    onSecondStep(signed.methods)
    return undefined
  }
  const form = useForm(
    {
      fields: ['email', 'password'],
      check: ({ email, password }) => ({
        email: firstOf(email, required, emailAddress),
        password: password === '' ? required('') : undefined,
      }),
      send: async ({ email, password }, data) => {
        rememberEmail(email)
        const keepSignedIn = data.has('keepSignedIn')
        const signed = await api.signIn.start({ email: email.trim(), password, keepSignedIn })
        markPasskeyOffer(signed.next === 'done')
        return goOn(signed)
      },
      focusAtStart: rememberedEmail() ? 'password' : 'email',
      focusAfterRefusal: 'password',
    },
    problemText,
  )
  return (
    <>
      <form {...form.props}>
        <ProblemNotice problem={form.problem} />
        <TextField
          {...form.field('email')}
          label={t('email')}
          type="email"
          autoComplete="username webauthn"
          defaultValue={rememberedEmail()}
          onChange={(event) => rememberEmail(event.currentTarget.value)}
        />
        <PasswordField
          {...form.field('password')}
          label={t('password')}
          autoComplete="current-password"
        />
        <FieldRow>
          <CheckField name="keepSignedIn" label={t('login.keepSignedIn')} />
          <TextLink href={pages.password.forgot}>{t('login.forgot')}</TextLink>
        </FieldRow>
        <SubmitButton pending={form.pending}>{t('login.submit')}</SubmitButton>
      </form>
      <PasskeyPart form={form.props.ref} onSigned={goOn} />
    </>
  )
}
