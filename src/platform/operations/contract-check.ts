import type { z } from 'zod'
import { faultFacts } from '../log/log.ts'
import type { Performing } from './call.ts'
import type { Entry } from './registry.ts'

/** A contract that lies fails tests and development. In production the caller gets the answer, and the log says so. */
export const breakContract = (runtime: Performing, { operation }: Entry, how: string): void => {
  const fault = new Error(`${operation.name} ${how}`)
  if (runtime.strict) throw fault
  runtime.services.log.error(
    { operation: operation.name, ...faultFacts(fault) },
    'an answer does not fit its contract',
  )
}

/** The output as its contract lets it out. Files, streams and headers have no shape to compare with. */
export const checkOutput = (runtime: Performing, entry: Entry, output: unknown): unknown => {
  const { output: declared } = entry.operation
  if ('kind' in declared) return output
  const parsed = (declared as z.ZodType).safeParse(output)
  if (parsed.success) return parsed.data
  const { message } = parsed.error
  breakContract(runtime, entry, `answered with a shape its contract does not allow: ${message}`)
  return output
}
