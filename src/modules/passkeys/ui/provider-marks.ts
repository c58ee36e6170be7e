import {
  type SimpleIcon,
  si1password,
  siApple,
  siAvast,
  siAvira,
  siBitwarden,
  siDashlane,
  siEnpass,
  siGoogle,
  siGooglechrome,
  siIcloud,
  siKaspersky,
  siKeepassxc,
  siKeeper,
  siLastpass,
  siNorton,
  siProton,
  siSamsung,
  siTrezor,
  siYubico,
  siZoho,
} from 'simple-icons'

/** First match of the provider's name; one colour each, so they are drawn in the ink of the page, light and dark. */
const marks: readonly (readonly [name: RegExp, mark: SimpleIcon])[] = [
  [/^1Password/i, si1password],
  [/^Apple Passwords/i, siApple],
  [/^iCloud/i, siIcloud],
  [/^Bitwarden/i, siBitwarden],
  [/^Chrom(e|ium) /i, siGooglechrome],
  [/^(Google|Android) /i, siGoogle],
  [/^Samsung/i, siSamsung],
  [/^Dashlane/i, siDashlane],
  [/^Enpass/i, siEnpass],
  [/^Keeper/i, siKeeper],
  [/^KeePassXC/i, siKeepassxc],
  [/^LastPass/i, siLastpass],
  [/^Proton/i, siProton],
  [/^Zoho/i, siZoho],
  [/^Norton/i, siNorton],
  [/^Kaspersky/i, siKaspersky],
  [/^Avast/i, siAvast],
  [/^Avira/i, siAvira],
  [/^Trezor/i, siTrezor],
  [/yubi(key|co)/i, siYubico],
]

/** Outline of the provider's mark, as one SVG path in a box of 24 by 24; null when there is none. */
export const markOf = (provider: string): string | null =>
  marks.find(([name]) => name.test(provider))?.[1].path ?? null
