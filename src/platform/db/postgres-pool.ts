import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import type { DatabaseSignals } from './signals.ts'
import {
  DatabaseTrouble,
  endsConnection,
  isAnswerMissing,
  postgresTrouble,
  type TroubleKind,
} from './trouble.ts'

const ignore = (): void => undefined

const isBegin = (text: string): boolean => text === 'begin' || text.startsWith('start transaction')
const isEnd = (text: string): boolean => text === 'commit' || text === 'rollback'
const isRead = (text: string): boolean => /^\s*select\b/i.test(text)

type Answer = Pick<pg.QueryResult, 'command' | 'rowCount' | 'rows'>

/** One connection: knows whether it is still good, and says what its errors mean. */
class WatchedClient {
  /** Of the pool when this connection was made; an older one is not used again. */
  readonly generation: number
  readonly #client: pg.PoolClient
  readonly #pool: WatchedPool
  #isLost = false
  #isSpoilt = false
  #inTransaction = false

  constructor(client: pg.PoolClient, pool: WatchedPool) {
    this.#client = client
    this.#pool = pool
    this.generation = pool.generation
    // Node ends the process for an `error` event without a listener, and the pool listens to idle clients only. A lost
    // connection raises several events; the first is enough to count.
    client.once('error', (error) => {
      this.#isLost = true
      pool.signals.reportLost(error)
    })
    client.on('error', ignore)
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<Answer> {
    // The server rolled back when it lost the connection. Said quietly, so that the first error is the one that is thrown.
    if (sql === 'rollback' && this.#isLost) return { command: 'ROLLBACK', rowCount: 0, rows: [] }
    try {
      if (isBegin(sql)) this.#inTransaction = true
      const answer = await this.#client.query(sql, [...parameters])
      if (isEnd(sql)) this.#inTransaction = false
      return answer
    } catch (error) {
      throw this.#explain(error, sql)
    }
  }

  release(isUnwanted?: boolean): void {
    const isUnusable = isUnwanted === true || this.#isSpoilt || this.#isLost
    // In a transaction still: its end was not confirmed, and the next user would be in it.
    this.#client.release(isUnusable || this.#inTransaction)
  }

  #explain(error: unknown, sql: string): unknown {
    const kind: TroubleKind | null = this.#isLost ? 'unreachable' : postgresTrouble(error)
    if (kind === null) return error
    if (endsConnection(error)) this.#isLost = true
    const isMissing = isAnswerMissing(error, kind)
    if (isMissing) this.#isSpoilt = true
    // The other connections lead to the same server that became a standby: a failover is over when new ones are made.
    if (kind === 'read-only') this.#pool.renew(this.generation)
    const isChange = sql === 'commit' || !(this.#inTransaction || isRead(sql))
    const trouble = new DatabaseTrouble(kind, error, { isOutcomeUnknown: isMissing && isChange })
    return this.#pool.signals.report(trouble)
  }
}

/** For a watch that found out that the server takes no changes. */
export type Renewing = { readonly renewConnections: () => void }

/** The pool as Kysely sees it: every error that is trouble of the database leaves as `DatabaseTrouble`. */
export class WatchedPool implements PostgresPool {
  readonly signals: DatabaseSignals
  generation = 0
  readonly #pool: pg.Pool
  readonly #clients = new WeakMap<pg.PoolClient, WatchedClient>()

  constructor(pool: pg.Pool, signals: DatabaseSignals) {
    this.#pool = pool
    this.signals = signals
    pool.on('connect', (client) => this.#clients.set(client, new WatchedClient(client, this)))
    // An idle connection was lost: its client has reported that already.
    pool.on('error', ignore)
  }

  get options(): object {
    return this.#pool.options
  }

  async connect(): Promise<PostgresPoolClient> {
    for (;;) {
      const client = await this.#take()
      const watched = this.#clients.get(client)
      // Rows are never streamed, so of the two forms of `query` Kysely calls the one that is here.
      if (watched?.generation === this.generation) return watched as unknown as PostgresPoolClient
      client.release(true)
    }
  }

  end(): Promise<void> {
    return this.#pool.end()
  }

  /** Connections of `generation` and before are let go instead of used again: they lead to a server that is none any more. */
  renew(generation: number = this.generation): void {
    if (generation === this.generation) this.generation += 1
  }

  async #take(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      // Whatever keeps us from connecting: to the caller the database cannot be reached.
      const kind = postgresTrouble(error) ?? 'unreachable'
      throw this.signals.report(new DatabaseTrouble(kind, error))
    }
  }
}
