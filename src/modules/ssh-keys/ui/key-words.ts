import type { Say } from '#web/lib/texts.ts'
import type { SshKey } from './queries.ts'

/** "RSA, 3072 bits"; a type nobody has named yet is shown by its own name. */
export const kindOf = (
  { type, bits }: Pick<SshKey, 'type' | 'bits'>,
  t: Say<'ssh-keys'>,
): string => {
  const isSecurityKey = type.startsWith('sk-')
  const name = [
    [/ed25519/, 'Ed25519'],
    [/ecdsa/, 'ECDSA'],
    [/rsa/, 'RSA'],
  ].find(([pattern]) => (pattern as RegExp).test(type))?.[1]
  const values = { name: String(name ?? type), bits: String(bits) }
  return t(isSecurityKey ? 'row.securityKey' : 'row.kind', values)
}
