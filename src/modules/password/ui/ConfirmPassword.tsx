import { Button } from '@mantine/core'
import { type FormEvent, useEffect, useRef } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import type { ConfirmationProps } from '#web/lib/ui-module.ts'
import { DialogActions } from '#web/ui/Dialog.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { PasswordField } from '#web/ui/plain/PasswordField.tsx'

const fieldOf = (form: HTMLFormElement | null): HTMLInputElement | null => {
  const field = form?.elements.namedItem('password')
  return field instanceof HTMLInputElement ? field : null
}

/** Your password, as proof that it is you. */
export const ConfirmPassword = ({ email, pending, error, submit, cancel }: ConfirmationProps) => {
  const t = useTexts('password')
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => fieldOf(form.current)?.focus(), [])
  useEffect(() => {
    if (error) fieldOf(form.current)?.select()
  }, [error])

  const send = (event: FormEvent) => {
    event.preventDefault()
    const field = fieldOf(form.current)
    if (field?.value) submit(field.value)
    else field?.focus()
  }

  return (
    <form ref={form} onSubmit={send} method="post" noValidate>
      {/* Password managers look for the account beside the password. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        label={t('confirm.field')}
        name="password"
        autoComplete="current-password"
        required
        data-autofocus
        error={error ?? undefined}
      />
      <DialogActions>
        <Button variant="default" onClick={cancel}>
          {t('confirm.cancel')}
        </Button>
        <ProgressButton type="submit" pending={pending}>
          {t('confirm.submit')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}
