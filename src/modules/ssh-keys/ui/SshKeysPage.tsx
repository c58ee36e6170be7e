import { useInfiniteQuery } from '@tanstack/react-query'
import { useTexts } from '#web/lib/texts.ts'
import { ErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { AddressCard } from './AddressCard.tsx'
import { KeysCard } from './KeysCard.tsx'
import { sshKeysQuery } from './queries.ts'

const Cards = () => {
  const t = useTexts('ssh-keys')
  const query = useInfiniteQuery(sshKeysQuery)
  if (query.isPending) {
    return (
      <Section title={t('list.title')} explanation={t('list.explanation')} flush>
        <ListSkeleton count={2} />
      </Section>
    )
  }
  const first = query.data?.pages[0]
  if (!first) {
    return (
      <Section title={t('list.title')} flush>
        <ErrorState
          title={t('failed.load')}
          error={query.error}
          isRetrying={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      </Section>
    )
  }
  const { total, totalMax, published } = first
  const keys = query.data?.pages.flatMap((page) => page.keys) ?? []
  return (
    <>
      <KeysCard keys={keys} total={total} totalMax={totalMax} query={query} />
      <AddressCard published={published} />
    </>
  )
}

export const SshKeysPage = () => {
  const t = useTexts('ssh-keys')
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} />
      <Sections>
        <Cards />
      </Sections>
    </>
  )
}
