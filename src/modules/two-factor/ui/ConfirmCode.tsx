import { Button } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import type { ConfirmationProps } from '#web/lib/ui-module.ts'
import { DialogActions } from '#web/ui/Dialog.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'

type Kind = {
  readonly label: string
  readonly hint: string
  readonly inputMode: 'numeric' | 'text'
  readonly autoComplete: 'one-time-code' | 'off'
  /** What is wrong before anything is sent. */
  readonly check: (code: string) => string | null
}

const fieldOf = (form: HTMLFormElement | null): HTMLInputElement | null => {
  const field = form?.elements.namedItem('code')
  return field instanceof HTMLInputElement ? field : null
}

type Props = ConfirmationProps & { readonly kind: Kind }

const CodeForm = ({ kind, pending, error, submit, cancel }: Props) => {
  const t = useTexts('two-factor')
  const form = useRef<HTMLFormElement>(null)
  const [fault, setFault] = useState<string | null>(null)

  useEffect(() => fieldOf(form.current)?.focus(), [])
  useEffect(() => {
    if (error) fieldOf(form.current)?.select()
  }, [error])

  const send = (event: FormEvent) => {
    event.preventDefault()
    const field = fieldOf(form.current)
    const code = field?.value.trim() ?? ''
    const wrong = kind.check(code)
    setFault(wrong)
    if (wrong) field?.focus()
    else submit(code)
  }

  return (
    <form ref={form} onSubmit={send} onInput={() => setFault(null)} method="post" noValidate>
      <TextField
        name="code"
        label={kind.label}
        hint={kind.hint}
        error={fault ?? error}
        isCode
        inputMode={kind.inputMode}
        autoComplete={kind.autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={60}
        data-autofocus
      />
      <DialogActions>
        <Button variant="default" onClick={cancel}>
          {t('prove.cancel')}
        </Button>
        <ProgressButton type="submit" pending={pending}>
          {t('prove.submit')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

/** A code from any of your apps, as proof that it is you. */
export const ConfirmAppCode = (props: ConfirmationProps) => {
  const t = useTexts('two-factor')
  const check = (code: string) =>
    /^\d{6}$/.test(code.replace(/\s/g, '')) ? null : t('prove.appForm')
  return (
    <CodeForm
      {...props}
      kind={{
        label: t('prove.appField'),
        hint: t('prove.appHint'),
        inputMode: 'numeric',
        autoComplete: 'one-time-code',
        check,
      }}
    />
  )
}

/** A recovery code; it is used up by this. */
export const ConfirmRecoveryCode = (props: ConfirmationProps) => {
  const t = useTexts('two-factor')
  const words = useTexts('web')
  return (
    <CodeForm
      {...props}
      kind={{
        label: t('prove.codeField'),
        hint: t('prove.codeHint'),
        inputMode: 'text',
        autoComplete: 'off',
        check: (code) => (code === '' ? words('fields.required') : null),
      }}
    />
  )
}
