import type { Log } from '@latchkey/kit'
import { pino } from 'pino'
import { DatabaseTrouble } from '../db/trouble.ts'

/** Names that must never carry a value into a log line, at any depth we use. Bodies and headers are not logged at all. */
const secretNames = [
  'password',
  'token',
  'secret',
  'cookie',
  'authorization',
  'proof',
  'code',
  'link',
  'url',
]

/** JSON lines on standard output. pino escapes control characters, so a line cannot be forged. */
export const createLog = (
  level: string,
  destination: { write: (line: string) => void } = pino.destination({
    fd: 1,
    sync: false,
    minLength: 0,
  }),
): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    destination,
  )

/**
 * What may be said of a fault: its kind and where it happened. Messages of driver errors may quote values, so they are cut.
 * Trouble of the database happens in no place of ours, so it has no stack.
 */
export const faultFacts = (error: unknown): { error: string; stack?: string } => {
  if (error instanceof DatabaseTrouble) return { error: `${error.name}: ${error.message}` }
  return error instanceof Error
    ? {
        error: `${error.name}: ${error.message}`.slice(0, 500),
        stack: (error.stack ?? '').split('\n').slice(1, 8).join(' | '),
      }
    : { error: String(error).slice(0, 200) }
}
