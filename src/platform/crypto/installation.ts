import type { Db } from '@latchkey/kit'
import type { DataKeyTables } from './tables.ts'

export class InstallationProblem extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InstallationProblem'
  }
}

/** Says a thing once for the whole installation. False when it had been said before: of two at once exactly one gets true. */
export const claimOnce = async (
  db: Db,
  { name, value, at }: { readonly name: string; readonly value: string; readonly at: number },
): Promise<boolean> => {
  const result = await db
    .withTables<DataKeyTables>()
    .insertInto('installation')
    .values({ name, value, at })
    // Not caught as an error: in PostgreSQL an error would end the caller's transaction.
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Says what was last seen, over what was said before. */
export const rememberFact = async (
  db: Db,
  fact: { readonly name: string; readonly value: string; readonly at: number },
): Promise<void> => {
  const { value, at } = fact
  await db
    .withTables<DataKeyTables>()
    .insertInto('installation')
    .values(fact)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, at }))
    .execute()
}

/** When a fact was said, or null. */
export const factAt = async (db: Db, name: string): Promise<number | null> => {
  const row = await db
    .withTables<DataKeyTables>()
    .selectFrom('installation')
    .select('at')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.at ?? null
}

export const installationFact = async (db: Db, name: string): Promise<string | null> => {
  const row = await db
    .withTables<DataKeyTables>()
    .selectFrom('installation')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value ?? null
}

/** The database records which key file it belongs to: with another one users could not sign in, and no message would say why. */
export const claimInstallation = async (
  db: Db,
  fingerprint: string,
  now: number,
): Promise<void> => {
  if (await claimOnce(db, { name: 'key-file', value: fingerprint, at: now })) return
  if ((await installationFact(db, 'key-file')) !== fingerprint)
    throw new InstallationProblem(
      'The key file does not belong to this database. Put back the keys.json this database was used with.',
    )
}
