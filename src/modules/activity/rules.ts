import type { Rule } from '@latchkey/kit'
import type { z } from 'zod'
import { iso } from '#platform/clock/moment.ts'
import { pageOf } from '#platform/paging/page.ts'
import type { Entry, operations } from './contract.ts'
import { listEntries } from './store.ts'

type Ops = typeof operations
type Row = Awaited<ReturnType<typeof listEntries>>[number]
type View = z.output<typeof Entry>

const view = (row: Row): View => ({
  id: row.id,
  event: row.code,
  message: row.message,
  at: iso(row.at),
  result: row.result as View['result'],
  actor: row.actor_kind as View['actor'],
  target: row.target,
  sessionHash: row.session_hash,
  requestId: row.request_id,
  address: row.address,
  location: row.location,
  deviceType: row.device_type,
  browser: row.browser,
  operatingSystem: row.os_name,
  data: JSON.parse(row.data) as Record<string, unknown>,
})

export const list: Rule<Ops['list']> = async (ctx, { before, limit }) => {
  const rows = await listEntries(ctx.db, {
    userId: ctx.actor.userId,
    beforeSeq: before === undefined ? null : Number(before),
    limit,
  })
  const { page, next } = pageOf(rows, limit, ({ seq }) => String(seq))
  return { entries: page.map(view), next }
}
