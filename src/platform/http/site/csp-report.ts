import { Refusal } from '@latchkey/kit'
import type { Context as HonoContext } from 'hono'
import { addressBucket } from '#platform/client/address.ts'
import { refusalProblem } from '#platform/operations/problem.ts'
import { refusals } from '#platform/refusals.ts'
import { type Parts, requestId } from '../fast-path.ts'
import { readRequestBody } from '../request/body.ts'
import { readAddress } from '../request/incoming.ts'
import { problemResponse } from '../response/problem.ts'

const cspReportBytesMax = 8 * 1024

/** Logs only which rule was broken: an attacker can send a report with any other content. */
export const cspReport =
  ({ runtime, trustedProxies }: Parts) =>
  async (c: HonoContext) => {
    const id = requestId(runtime)
    const address = readAddress(c.req.raw.headers, c.env ?? {}, trustedProxies)
    const rule = { max: 20, windowSeconds: 60 }
    const verdict = runtime.limiter.take(
      `csp-report ${addressBucket(address)}`,
      rule,
      runtime.services.now(),
    )
    if (!verdict.allowed) {
      const headers = { ...runtime.apiHeaders }
      const tooMany = new Refusal(refusals.too_many_requests, {
        retryAfterSeconds: verdict.resetSeconds,
        'violated-policies': ['csp-report'],
      })
      return problemResponse(refusalProblem(tooMany, id), headers)
    }
    try {
      const bytes = await readRequestBody(c.req.raw, cspReportBytesMax)
      const report = JSON.parse(Buffer.from(bytes).toString()) as {
        'csp-report'?: Record<string, unknown>
      }
      const directive = String(report['csp-report']?.['effective-directive'] ?? '')
        .replace(/[^a-z-]/g, '')
        .slice(0, 40)
      runtime.services.log.warn({ directive, requestId: id }, 'a page broke its content policy')
    } catch {
      // Not a report, so there is nothing to log.
    }
    return new Response(null, { status: 204, headers: { ...runtime.apiHeaders } })
  }
