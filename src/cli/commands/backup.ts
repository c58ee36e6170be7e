import { resolve } from 'node:path'
import { z } from 'zod'
import { makeBackup } from '#platform/backup/make.ts'
import { withInstallation } from '../installation.ts'
import { ownCommand } from '../terminal.ts'
import { productVersion } from '../version.ts'

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`

export const backup = ownCommand({
  name: 'backup',
  summary: 'Copy the database while it is in use, and check the copy',
  about: [
    'Makes a folder latchkey-<time> below <folder> with two files: database.db, a consistent copy of the moment it was begun, and manifest.json, which says what it is and is sealed with the audit key, so that a changed or incomplete copy is not restored. It is the same kind of file whether the database is the embedded one or on a server, and latchkey restore brings it back to either.',
    'The key file is not in it. Database and keys together open everything, so keep them apart: copy keys.json once, and again after latchkey keys rotate. --with-keys writes it beside the folder as a file of its own, for you to move elsewhere.',
    'A name that ends in .unfinished was interrupted; delete it. Old backups are never deleted.',
  ],
  arguments: [
    { name: 'folder', summary: 'Where backups are kept. It is made when it is not there.' },
  ],
  options: { 'with-keys': { summary: 'Copy the key file as well, into a second file.' } },
  examples: ['backup /var/backups/latchkey', 'backup /mnt/usb --with-keys --json'],
  input: z.object({ folder: z.string().min(1), withKeys: z.boolean().default(false) }),
  run: (terminal, { folder, withKeys }) =>
    withInstallation(
      terminal,
      async (ctx, { keys, dataDir }) => {
        const made = await makeBackup(ctx, {
          into: resolve(terminal.from, folder),
          product: productVersion(),
          keysFrom: withKeys ? dataDir : null,
          ...{ keys, migrations: terminal.product.migrations },
        })
        const { seal: _, ...facts } = made.manifest
        return {
          data: { folder: made.folder, keysFile: made.keysFile, ...facts },
          text: [
            `Backup made and checked: ${made.folder} (${megabytes(facts.database.bytes)})`,
            `Newest entry of the audit trail in it: ${facts.audit ? `${facts.audit.seq}:${facts.audit.hash}` : 'none'}`,
            ...(made.keysFile
              ? [
                  `The keys are in ${made.keysFile}. Move that file away from the backup: together they open everything.`,
                ]
              : ['The key file is not in it. Without keys.json it cannot be restored.']),
          ],
        }
      },
      'older',
    ),
})
