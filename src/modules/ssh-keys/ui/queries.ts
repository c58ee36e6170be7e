import { type InfiniteData, infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'

type KeysPart = AnswerOf<Contracts['sshKeys']['operations']['list']>
export type SshKey = KeysPart['keys'][number]
export type Published = KeysPart['published']

const pageSize = 20

export const sshKeysQuery = infiniteQueryOptions({
  queryKey: ['ssh-keys', 'list'],
  queryFn: ({ pageParam, signal }) =>
    api.sshKeys.list({ limit: pageSize, ...(pageParam ? { after: pageParam } : {}) }, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last: KeysPart) => last.next,
})

/** Shows at once what the server has just confirmed; the next load brings it again. */
const keep = (
  client: QueryClient,
  change: (part: KeysPart, index: number) => readonly SshKey[],
  more: 1 | 0 | -1,
): void => {
  client.setQueryData<InfiniteData<KeysPart, string | null>>(
    sshKeysQuery.queryKey,
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((part, index) => ({
          ...part,
          keys: [...change(part, index)],
          total: part.total + more,
        })),
      },
  )
  void client.invalidateQueries({ queryKey: sshKeysQuery.queryKey })
}

export const showSshKey = (client: QueryClient, key: SshKey): void =>
  keep(client, ({ keys }, index) => (index === 0 ? [key, ...keys] : keys), 1)

export const replaceSshKey = (client: QueryClient, key: SshKey): void =>
  keep(client, ({ keys }) => keys.map((one) => (one.id === key.id ? key : one)), 0)

export const forgetSshKey = (client: QueryClient, keyId: string): void =>
  keep(client, ({ keys }) => keys.filter((key) => key.id !== keyId), -1)
