import type { z } from 'zod'
import { faultFacts } from '../log/log.ts'
import type { Performing } from './call.ts'
import type { Entry } from './registry.ts'

/** An answer that breaks its contract fails in tests and development. In production it is sent, and logged. */
export const breakContract = (runtime: Performing, { operation }: Entry, how: string): void => {
  const fault = new Error(`${operation.name} ${how}`)
  if (runtime.strict) throw fault
  runtime.services.log.error(
    { operation: operation.name, ...faultFacts(fault) },
    'an answer does not fit its contract',
  )
}

/** The output as its contract allows it. Files, streams and headers have no schema to compare with. */
export const checkOutput = (runtime: Performing, entry: Entry, output: unknown): unknown => {
  const { output: declared } = entry.operation
  if ('kind' in declared) return output
  const parsed = (declared as z.ZodType).safeParse(output)
  if (parsed.success) return parsed.data
  const { message } = parsed.error
  breakContract(runtime, entry, `answered with a shape its contract does not allow: ${message}`)
  return output
}
