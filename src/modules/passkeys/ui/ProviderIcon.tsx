import { KeyRound, Laptop, Smartphone, Vault } from 'lucide-react'
import type { UiIcon } from '#web/lib/ui-module.ts'

/**
 * By the kind of place, not by brand: marks of companies are theirs, and a drawing in the ink of the
 * page fits both colour schemes.
 */
const kinds: readonly (readonly [pattern: RegExp, icon: UiIcon])[] = [
  [/windows|mac\b/i, Laptop],
  [/apple|icloud|google|samsung/i, Smartphone],
  [/./, Vault],
]

/** Who keeps a passkey, as a drawing: computer, phone, password manager, or a plain key when not known. */
export const ProviderIcon = ({ provider }: { readonly provider: string | null }) => {
  const Icon = kinds.find(([pattern]) => pattern.test(provider ?? ''))?.[1] ?? KeyRound
  return <Icon size={18} strokeWidth={1.75} />
}
