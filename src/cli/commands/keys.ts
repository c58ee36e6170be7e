import { z } from 'zod'
import { keysRotated } from '#platform/backup/events.ts'
import { type KeyRing, keyFilePath, rotatable } from '#platform/crypto/key-file.ts'
import { rotateKeys as rotate } from '#platform/crypto/rotate.ts'
import { withInstallation } from '../installation.ts'
import { ownCommand } from '../terminal.ts'

const Only = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .pipe(z.array(z.enum(rotatable)).min(1).max(rotatable.length))

const versionsOf = (keys: KeyRing): Record<string, number> =>
  Object.fromEntries(rotatable.map((purpose) => [purpose, keys.current(purpose).version]))

export const rotateKeys = ownCommand({
  name: 'keys rotate',
  summary: 'Put new secret keys into use and keep the old ones for what they closed',
  about: [
    'Adds a new version of the encryption key (it wraps the keys that seal authenticator secrets and waiting mails), of the pepper of passwords, and of the key of the audit chain. Nobody notices: stored passwords move to the new pepper when their people sign in, older audit entries are still checked with the key they were written with.',
    'Old versions stay in the file, because rows and backups need them. The lookup key is never replaced: hashes made with it name sessions, devices and counts.',
    'A running server reads the file again by itself within seconds, and at once when it meets a version it does not know. Where several machines hold a copy of keys.json, copy the new one to each of them right away. Then back it up: older copies of it cannot open backups made from now on.',
  ],
  options: { only: { summary: `Some of them: ${rotatable.join(', ')}.`, value: 'key,key' } },
  examples: ['keys rotate', 'keys rotate --only pepper'],
  input: z.object({ only: Only.default([...rotatable]) }),
  run: (terminal, { only }) =>
    withInstallation(terminal, async (ctx, { keys: before, dataDir }) => {
      const which = rotatable.filter((purpose) => only.includes(purpose))
      const from = versionsOf(before)
      const { keys, wrapped } = await ctx.transaction(async (ctx) => {
        const rotated = await rotate(ctx, dataDir, which)
        const data = { keys: which, dataKeysWrapped: rotated.wrapped }
        await ctx.announce(keysRotated, data, { userId: null })
        return rotated
      })
      const path = keyFilePath(dataDir)
      const changed = which.map((purpose) => ({
        key: purpose,
        from: from[purpose],
        to: keys.current(purpose).version,
      }))
      return {
        data: { keyFile: path, rotated: changed, dataKeysWrapped: wrapped },
        text: [
          ...changed.map(({ key, from, to }) => `${key}: version ${from} → ${to}`),
          `${wrapped} data keys were wrapped anew.`,
          `Back up ${path} now, apart from the database. Other machines that hold a copy of it need the new one.`,
        ],
      }
    }),
})
