import type { QueryClient } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { changePages } from '#web/lib/paged.ts'

type KeysPart = AnswerOf<Contracts['sshKeys']['operations']['list']>
export type SshKey = KeysPart['keys'][number]
export type Published = KeysPart['published']

export const sshKeysQuery = api.sshKeys.list.pages({ limit: 20 })

/** Shows at once what the server has just confirmed; the next load brings it again. */
const keep = (
  client: QueryClient,
  change: (part: KeysPart, index: number) => readonly SshKey[],
  more: 1 | 0 | -1,
): void => {
  changePages(client, sshKeysQuery, (part, index) => ({
    ...part,
    keys: [...change(part, index)],
    total: part.total + more,
  }))
  void client.invalidateQueries({ queryKey: api.sshKeys.list.key() })
}

export const showSshKey = (client: QueryClient, key: SshKey): void =>
  keep(client, ({ keys }, index) => (index === 0 ? [key, ...keys] : keys), 1)

export const replaceSshKey = (client: QueryClient, key: SshKey): void =>
  keep(client, ({ keys }) => keys.map((one) => (one.id === key.id ? key : one)), 0)

export const forgetSshKey = (client: QueryClient, keyId: string): void =>
  keep(client, ({ keys }) => keys.filter((key) => key.id !== keyId), -1)
