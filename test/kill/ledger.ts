import assert from 'node:assert/strict'
import type { Db, Keys } from '@latchkey/kit'
import { sql } from 'kysely'
import { engineOf } from '#platform/db/dialect.ts'
import { sessionHash } from '#platform/events/trail.ts'
import { verifyTrail } from '#platform/events/verify-trail.ts'
import type { ServerProcess } from '../harness/server-process.ts'
import type { History } from './load.ts'

const rows = async <R>(db: Db, query: ReturnType<typeof sql<R>>): Promise<readonly R[]> =>
  (await query.execute(db)).rows

const count = async (db: Db, query: ReturnType<typeof sql<{ n: number }>>): Promise<number> =>
  Number((await rows(db, query))[0]?.n)

const audited = (db: Db, code: string): Promise<number> =>
  count(
    db,
    sql<{
      n: number
    }>`select count(*) as n from audit_entries where code = ${code} and result = 'success'`,
  )

const mailed = (db: Db, event: string): Promise<number> =>
  count(
    db,
    sql<{
      n: number
    }>`select count(*) as n from work where kind = 'mail.letter' and about = ${event}`,
  )

/** Person by person: the name is the one that was acknowledged, or the one that was under way, which then is the truth. */
export const checkNames = async (db: Db, history: History): Promise<void> => {
  for (const [userId, known] of history.names) {
    const [row] = await rows(
      db,
      sql<{ name: string }>`select name from people where id = ${userId}`,
    )
    const name = row?.name ?? ''
    if (known.said !== '')
      assert.ok(
        name === known.said || name === known.asked,
        `"${known.said}" was acknowledged, "${name}" is there`,
      )
    if (name === known.asked) history.counts.renamed += 1
    known.said = name
    known.asked = null
  }
  const changes = await audited(db, 'user.profile:updated')
  assert.equal(changes, history.counts.renamed, 'every change of a name has one line in the trail')
}

/** What was ended stays ended, what was opened stays open: asked of the new process with the old cookies. */
export const checkCookies = async (
  server: ServerProcess,
  cookies: Iterable<string>,
  status: number,
): Promise<void> => {
  for (const cookie of cookies) {
    const browser = server.newBrowser()
    browser.cookies.set('latchkey', cookie)
    assert.equal((await browser.do('account.me')).status, status)
  }
}

/** Change ⇔ line in the trail ⇔ mail, over everything that ever happened. */
export const checkBooks = async (db: Db, keys: Keys, history: History): Promise<void> => {
  const sessions = await rows(
    db,
    sql<{ id: string; end_reason: string | null }>`select id, end_reason from sessions`,
  )
  const signIns = await rows(
    db,
    sql<{
      session_hash: string
    }>`select session_hash from audit_entries where code = 'user:logged_in'`,
  )
  assert.deepEqual(
    signIns.map((row) => row.session_hash).sort(),
    sessions.map((row) => sessionHash(keys, row.id)).sort(),
    'every session has the line that says it began, and no line is without its session',
  )
  const ended = (reason: string): string[] =>
    sessions
      .filter((row) => row.end_reason === reason)
      .map((row) => row.id)
      .sort()
  const revocations = await rows(
    db,
    sql<{ target: string }>`select target from audit_entries where code = 'user.session:revoked'`,
  )
  assert.deepEqual(revocations.map((row) => row.target).sort(), ended('revoked'))
  assert.equal(await audited(db, 'user:logged_out'), ended('signed-out').length)
  for (const id of history.revoked.keys()) assert.ok(ended('revoked').includes(id))
  for (const id of history.signedOut.keys()) assert.ok(ended('signed-out').includes(id))
  for (const id of history.open.keys())
    assert.ok(sessions.some((row) => row.id === id && row.end_reason === null))
  await checkMails(db, history)
}

const checkMails = async (db: Db, history: History): Promise<void> => {
  const invitations = await rows(
    db,
    sql<{ recipient: string }>`select recipient from one_time_tokens where kind = 'invitation'`,
  )
  const recipients = new Set(invitations.map((row) => row.recipient))
  for (const email of history.invited) assert.ok(recipients.has(email), `${email} was invited`)
  assert.equal(await audited(db, 'organisation.people:invited'), invitations.length)
  assert.equal(await mailed(db, 'person.invited'), invitations.length)
  const links = await count(
    db,
    sql<{ n: number }>`select count(*) as n from one_time_tokens where kind = 'password-reset'`,
  )
  assert.equal(await audited(db, 'user.password:reset_requested'), links)
  assert.equal(await mailed(db, 'password.reset-requested'), links)
  const asked = await count(
    db,
    sql<{
      n: number
    }>`select count(*) as n from audit_entries where code = 'user.password:reset_requested'`,
  )
  assert.ok(asked >= history.counts.resets, 'every acknowledged request is in the trail')
}

/** Nothing points at what is not there; the file is sound; the chain of the trail is whole. */
export const checkSoundness = async (db: Db, keys: Keys): Promise<number> => {
  if (engineOf(db) === 'sqlite') {
    const found = await rows(db, sql<{ integrity_check: string }>`pragma integrity_check`)
    assert.deepEqual(
      found.map((row) => row.integrity_check),
      ['ok'],
    )
    assert.deepEqual(await rows(db, sql`pragma foreign_key_check`), [])
  }
  const orphans = await count(
    db,
    sql<{ n: number }>`select
      (select count(*) from sessions where user_id not in (select id from people))
      + (select count(*) from passwords where user_id not in (select id from people))
      + (select count(*) from people where id not in (select user_id from passwords))
      + (select count(*) from sessions where device_id is not null and device_id not in (select id from known_devices))
      + (select count(*) from audit_contexts where seq not in (select seq from audit_entries))
      + (select count(*) from audit_entries where seq not in (select seq from audit_contexts)) as n`,
  )
  assert.equal(orphans, 0)
  const { entries, faults } = await verifyTrail({ db, keys })
  assert.deepEqual(faults, [])
  return entries
}
