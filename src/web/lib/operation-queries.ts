import type { DataTag, InfiniteData } from '@tanstack/react-query'
import type { Contracts } from './contracts.ts'

type Cursor = string | null
/** The module and the operation come first, so that all queries of either are reached by one key. */
type OperationKey = readonly unknown[]

/** What `useQuery` takes. More options are added by spreading: `{ ...api.account.me.query(), staleTime }`. */
export type OneQuery<T> = {
  readonly queryKey: DataTag<OperationKey, T>
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<T>
}

/** What `useInfiniteQuery` takes. */
export type PagesQuery<T> = {
  readonly queryKey: DataTag<OperationKey, InfiniteData<T, Cursor>>
  readonly queryFn: (context: {
    readonly signal: AbortSignal
    readonly pageParam: Cursor
  }) => Promise<T>
  readonly initialPageParam: Cursor
  readonly getNextPageParam: (last: T) => Cursor
}

/** A list that pages by key answers where its next page begins, and takes that under one of these names. */
export type CursorName = 'after' | 'before'
type OptionalInput<I, R> = Record<never, never> extends I ? (input?: I) => R : (input: I) => R
type WithPages<I, A> = A extends { readonly next: Cursor }
  ? { readonly pages: OptionalInput<Omit<I, CursorName>, PagesQuery<A>> }
  : unknown

/** The queries of one operation, beside the call itself. */
export type Queries<I, A> = {
  /** All queries of the operation, or those whose input holds these values: for `invalidateQueries`. */
  readonly key: (input?: Partial<I>) => OperationKey
  /** One answer. */
  readonly query: OptionalInput<I, OneQuery<A>>
} & WithPages<I, A>

/** All queries of a module: `client.invalidateQueries({ queryKey: moduleKey('sessions') })`. */
export const moduleKey = (module: keyof Contracts): readonly [string] => [module]

type Input = Readonly<Record<string, unknown>>
type Ask = (input: Input, options: { readonly signal: AbortSignal }) => Promise<unknown>
type Place = {
  readonly module: string
  readonly operation: string
  /** Absent: the operation does not page. */
  readonly cursor: CursorName | undefined
}

/** Plain objects as `queryOptions` and `infiniteQueryOptions` return them; without the library, which the entrance does not load. */
export const queriesOf = ({ module, operation, cursor }: Place, ask: Ask) => {
  const key = (input?: Input) => [module, operation, ...(input ? [{ input }] : [])]
  const query = (input: Input = {}) => ({
    queryKey: key(input),
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => ask(input, { signal }),
  })
  if (!cursor) return { key, query }
  const pages = (input: Input = {}) => ({
    // Pages and single answers of one input are kept apart: their data has two shapes.
    queryKey: [module, operation, { input, isPaged: true }],
    queryFn: ({ pageParam, signal }: { pageParam: Cursor; signal: AbortSignal }) =>
      ask({ ...input, ...(pageParam === null ? {} : { [cursor]: pageParam }) }, { signal }),
    initialPageParam: null,
    getNextPageParam: (last: { readonly next: Cursor }) => last.next,
  })
  return { key, query, pages }
}
