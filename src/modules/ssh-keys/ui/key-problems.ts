const reasons = [
  ...['private_key', 'unreadable', 'damaged', 'several', 'options', 'certificate', 'other_format'],
  ...['dsa', 'rsa_short', 'type_unknown', 'already_yours', 'in_use'],
]

/** Refusals that speak of the key stand beside it. */
export const besideKey: Readonly<Record<string, 'publicKey' | 'expiresOn'>> = {
  ...Object.fromEntries(reasons.map((reason) => [`ssh-keys.${reason}`, 'publicKey' as const])),
  'ssh-keys.expiry_past': 'expiresOn',
}
