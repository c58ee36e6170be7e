/**
 * What can be wrong with a database, whichever engine it is. A bug of ours, such as wrong SQL or a broken constraint, is
 * none of these and stays the driver's error.
 */
export type TroubleKind =
  /** The server cannot be reached, refuses connections, or ended this one. */
  | 'unreachable'
  /** No connection was free in time, here or at the server. */
  | 'crowded'
  /** Another transaction held a lock for too long, or this one was chosen to give way. */
  | 'locked'
  /** A statement took longer than its limit. */
  | 'too-slow'
  /** It answers reads only: a standby, or a file without the right to write. */
  | 'read-only'
  | 'disk-full'
  /** The disk or its file system failed. */
  | 'disk-failed'

export const troubleKinds: readonly TroubleKind[] = [
  'unreachable',
  'crowded',
  'locked',
  'too-slow',
  'read-only',
  'disk-full',
  'disk-failed',
]

/** For operators: log, readiness and commands. */
export const troubleWords: Readonly<Record<TroubleKind, string>> = {
  unreachable: 'the database cannot be reached',
  crowded: 'no database connection was free in time',
  locked: 'another process or session holds a lock on the database',
  'too-slow': 'the database took too long',
  'read-only': 'the database takes no changes',
  'disk-full': 'the disk is full',
  'disk-failed': 'the disk failed',
}

export class DatabaseTrouble extends Error {
  readonly kind: TroubleKind
  /**
   * True when the change may have been made although no answer came: the connection was lost during the commit. False:
   * nothing of the failed statement or transaction was kept.
   */
  readonly isOutcomeUnknown: boolean

  constructor(kind: TroubleKind, cause: unknown, { isOutcomeUnknown = false } = {}) {
    // The driver's message may quote values, so it is only the cause.
    super(troubleWords[kind], { cause })
    this.name = 'DatabaseTrouble'
    this.kind = kind
    this.isOutcomeUnknown = isOutcomeUnknown
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '')
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** SQLSTATE (PostgreSQL, appendix A). */
const bySqlState: ReadonlyMap<string, TroubleKind> = new Map([
  // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout, idle_in_transaction_session_timeout
  ...['57P01', '57P02', '57P03', '57P05', '25P03'].map((code) => [code, 'unreachable'] as const),
  // insufficient_resources, out_of_memory, too_many_connections, configuration_limit_exceeded
  ...['53000', '53200', '53300', '53400'].map((code) => [code, 'crowded'] as const),
  // lock_not_available, deadlock_detected, serialization_failure
  ...['55P03', '40P01', '40001'].map((code) => [code, 'locked'] as const),
  ['57014', 'too-slow'],
  ['25006', 'read-only'],
  ['53100', 'disk-full'],
])

const bySqlStateClass: ReadonlyMap<string, TroubleKind> = new Map([
  ['08', 'unreachable'],
  ['58', 'disk-failed'],
])

const networkCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOENT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'],
])

/** `pg` gives these errors no code of their own. */
const lostWords = /^Connection terminated|is not queryable$/
const waitWords = 'timeout exceeded when trying to connect'
const readWords = 'Query read timeout'

/** Null: no trouble but a fault. */
export const postgresTrouble = (error: unknown): TroubleKind | null => {
  const code = codeOf(error)
  const known =
    bySqlState.get(code) ?? bySqlStateClass.get(code.length === 5 ? code.slice(0, 2) : '')
  if (known) return known
  if (networkCodes.has(code)) return 'unreachable'
  const message = messageOf(error)
  if (message === waitWords) return 'crowded'
  if (message === readWords) return 'too-slow'
  return lostWords.test(message) ? 'unreachable' : null
}

/** Codes after which the server has closed the connection. */
const endingCodes = new Set(['57P01', '57P02', '57P03', '57P05', '25P03'])
export const endsConnection = (error: unknown): boolean => endingCodes.has(codeOf(error))

/** True when it is unknown whether the server got as far as making the change. */
export const isAnswerMissing = (error: unknown, kind: TroubleKind): boolean =>
  kind === 'unreachable' || messageOf(error) === readWords

/** Primary result codes (sqlite.org/rescode.html). */
const byResult: ReadonlyMap<number, TroubleKind> = new Map([
  // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL
  ...[5, 6, 15].map((code) => [code, 'locked'] as const),
  // SQLITE_READONLY
  [8, 'read-only'],
  // SQLITE_FULL
  [13, 'disk-full'],
  // SQLITE_IOERR, SQLITE_CANTOPEN
  ...[10, 14].map((code) => [code, 'disk-failed'] as const),
])
/** SQLITE_IOERR_SHMSIZE: the index beside the write-ahead log could not grow. */
const sharedMemorySize = 4874

/** Null: no trouble but a fault. */
export const sqliteTrouble = (error: unknown): TroubleKind | null => {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null
  const code = Number(error.errcode)
  return code === sharedMemorySize ? 'disk-full' : (byResult.get(code & 0xff) ?? null)
}
