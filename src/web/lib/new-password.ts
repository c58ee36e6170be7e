import { passwordMax } from './bounds.ts'
import { atMost, required } from './field-checks.ts'
import { say } from './texts.ts'

/** Spaces are part of a password: nothing is trimmed. */
export const checkNewPassword = (password: string): string | undefined =>
  password === '' ? required('') : atMost(passwordMax)(password)

type Pair = { readonly newPassword: string; readonly confirmation: string }

export const checkConfirmation = ({ newPassword, confirmation }: Pair): string | undefined => {
  if (confirmation === '') return required('')
  return confirmation === newPassword ? undefined : say('web', 'fields.mismatch')
}
