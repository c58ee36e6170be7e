import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { checkConfirmation, checkNewPassword } from '#web/lib/new-password.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useUnsavedForm } from '#web/lib/unsaved.ts'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { NewPasswordField } from '#web/ui/plain/NewPasswordField.tsx'
import { ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { PasswordField } from '#web/ui/plain/PasswordField.tsx'
import { Section } from '#web/ui/Section.tsx'
import classes from './ChangePasswordCard.module.css'
import { type PageLinkProps, StillWorkingNotice } from './StillWorkingNotice.tsx'

type Changed = AnswerOf<Contracts['password']['operations']['change']>

const PageLink = ({ to, children }: PageLinkProps) => <Link to={to}>{children}</Link>

/** Changes the password of the user who is signed in. Says how many other sessions ended by it. */
export const ChangePasswordCard = () => {
  const t = useTexts('password')
  const [changes, setChanges] = useState(0)
  const [done, setDone] = useState<Changed | null>(null)
  const { email } = useMe()
  const form = useForm(
    {
      fields: ['currentPassword', 'newPassword', 'confirmation'],
      check: (values) => ({
        currentPassword: values.currentPassword === '' ? required('') : undefined,
        newPassword: checkNewPassword(values.newPassword),
        confirmation: checkConfirmation(values),
      }),
      send: async ({ currentPassword, newPassword }) => {
        setDone(await api.password.change({ currentPassword, newPassword }))
        setChanges((count) => count + 1)
        return undefined
      },
      besideField: { 'password.wrong': 'currentPassword', 'password.too_weak': 'newPassword' },
    },
    problemText,
  )
  // The present one may have come from a password manager without the user asking for it.
  useUnsavedForm(form.props.ref, ['newPassword', 'confirmation'])
  // Links from other pages lead straight to it; the card comes after the page it stands on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the card appears.
  useEffect(() => {
    if (location.hash !== '#password') return
    const field = form.props.ref.current?.elements.namedItem('currentPassword')
    if (field instanceof HTMLElement) field.focus()
    form.props.ref.current?.scrollIntoView({ block: 'center' })
  }, [])
  const isDone = done !== null && form.isQuiet
  const ended = done?.endedSessions ?? 0
  const outcome = ended === 0 ? t('change.done') : t('change.doneOthers', { count: ended })
  return (
    <form {...form.props}>
      {/* Password managers look for the account beside the password. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <Section
        title={t('change.title')}
        explanation={t('change.explanation')}
        outcome={isDone ? outcome : ''}
        actions={
          <ProgressButton type="submit" pending={form.pending}>
            {t('change.submit')}
          </ProgressButton>
        }
      >
        {/* A new key empties fields and meter; the button outside keeps the focus. */}
        <div className={classes.fields} key={changes}>
          <ProblemNotice problem={form.problem} />
          <PasswordField
            {...form.field('currentPassword')}
            label={t('currentPassword')}
            autoComplete="current-password"
          />
          <NewPasswordField
            {...form.field('newPassword')}
            faults={form.faults('newPassword')}
            label={t('newPassword')}
          />
          <PasswordField
            {...form.field('confirmation')}
            label={t('confirmation')}
            autoComplete="new-password"
          />
        </div>
        <div role="status" className={classes.after}>
          {isDone && <StillWorkingNotice stillWorking={done.stillWorking} link={PageLink} />}
        </div>
      </Section>
    </form>
  )
}
