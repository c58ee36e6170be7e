import { KeyRound, Laptop, Usb, Vault } from 'lucide-react'
import type { UiIcon } from '#web/lib/ui-module.ts'
import classes from './Passkeys.module.css'
import { markOf } from './provider-marks.ts'
import type { Passkey } from './queries.ts'

/** By the kind of place, for providers without a mark. */
const kinds: readonly (readonly [pattern: RegExp, icon: UiIcon])[] = [
  [/^windows|\bmac\b/i, Laptop],
  [/\b(key|fido2?|card|token|titan)\b/i, Usb],
  [/./, Vault],
]

/** Lazy: of the two, only the one that is shown is asked for. */
const iconSize = { width: 18, height: 18 } as const

type Props = Pick<Passkey, 'provider' | 'providerIcon'>

/**
 * Who keeps a passkey: the icon of the operator's list, the mark of the provider, or a drawing of the kind of place.
 * The name stands beside it, so it says nothing to a screen reader.
 */
export const ProviderIcon = ({ provider, providerIcon }: Props) => {
  if (providerIcon)
    return (
      <>
        <img
          className={classes.onLight}
          src={providerIcon.light}
          alt=""
          loading="lazy"
          {...iconSize}
        />
        <img
          className={classes.onDark}
          src={providerIcon.dark}
          alt=""
          loading="lazy"
          {...iconSize}
        />
      </>
    )
  const mark = provider === null ? null : markOf(provider)
  if (mark !== null)
    return (
      <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" {...iconSize}>
        <path d={mark} />
      </svg>
    )
  const Icon = kinds.find(([pattern]) => pattern.test(provider ?? ''))?.[1] ?? KeyRound
  return <Icon size={iconSize.width} strokeWidth={1.75} />
}
