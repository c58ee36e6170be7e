import type { Say } from '#web/lib/texts.ts'
import type { SshKey } from './queries.ts'

/** "RSA, 3072 bits"; a type that has no name here is shown by its own. */
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
