import { z } from 'zod'
import { type TrailHead, trailHead, verifyTrail } from '#platform/events/verify-trail.ts'
import { withInstallation } from '../installation.ts'
import { ownCommand } from '../terminal.ts'

/** Faults named at most; the first ones say where to look. */
const faultsMax = 100

/** `<entry>:<hash>`, as `audit verify` prints it. */
export const Head = z
  .string()
  .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must look like 1234:64 hexadecimal digits, as it was printed')
  .transform((text): TrailHead => {
    const [seq = '', hash = ''] = text.split(':')
    return { seq: Number(seq), hash }
  })

export const auditVerify = ownCommand({
  name: 'audit verify',
  summary: 'Walk the audit trail from its beginning and check every entry',
  about: [
    'Each entry carries a keyed hash of itself and of the one before it. Whoever changes the database without the key file cannot make them fit: a changed, removed or inserted entry is named here.',
    'A trail whose end was cut off is sound in itself. Note the newest entry somewhere else now and then, and give it back with --head: an entry that is missing or differs is then a fault.',
    'It changes nothing and may run beside the server. It ends with 1 when anything is wrong.',
  ],
  options: { head: { summary: 'Newest entry noted earlier.', value: 'entry:hash' } },
  examples: ['audit verify', 'audit verify --json | mail -s "audit head" safe@example.org'],
  input: z.object({ head: Head.optional() }),
  run: (terminal, { head }) =>
    withInstallation(
      terminal,
      async ({ db, keys }) => {
        const { entries, faults } = await verifyTrail({ db, keys }, head)
        const newest = await trailHead(db)
        const shown = faults.slice(0, faultsMax)
        const noted = newest ? `${newest.seq}:${newest.hash}` : null
        return {
          data: { entries, head: noted, faults: shown, faultCount: faults.length },
          text: [
            ...shown.map(({ seq, fault }) => `Entry ${seq}: ${fault}`),
            faults.length === 0
              ? `${entries} entries, one unbroken chain.`
              : `${faults.length} faults in ${entries} entries.`,
            ...(noted ? [`Newest entry, to be noted elsewhere: ${noted}`] : []),
          ],
          hasProblem: faults.length > 0,
        }
      },
      'older',
    ),
})
