import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type ReactNode, type RefObject, useRef, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { AddDialog } from './AddDialog.tsx'
import { AddressCard } from './AddressCard.tsx'
import { KeysCard } from './KeysCard.tsx'
import { sshKeysQuery } from './queries.ts'

type CardsProps = {
  readonly add: ReactNode
  readonly heading: RefObject<HTMLHeadingElement | null>
}

const Cards = ({ add, heading }: CardsProps) => {
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
        <QueryErrorState title={t('failed.load')} query={query} />
      </Section>
    )
  }
  const { total, totalMax, published } = first
  const keys = query.data?.pages.flatMap((page) => page.keys) ?? []
  return (
    <>
      <KeysCard {...{ keys, total, totalMax, query, add, heading }} />
      <AddressCard published={published} />
    </>
  )
}

export const SshKeysPage = () => {
  const t = useTexts('ssh-keys')
  const { data } = useInfiniteQuery(sshKeysQuery)
  const heading = useRef<HTMLHeadingElement>(null)
  const [isAdding, setIsAdding] = useState(false)
  const first = data?.pages[0]
  const add = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setIsAdding(true)}>
      {t('add.open')}
    </Button>
  )
  // An empty list offers it where it is empty, and a full one has no room.
  const isAtTop = !first || (first.total > 0 && first.total < first.totalMax)
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} actions={isAtTop && add} />
      <Sections>
        <Cards add={add} heading={heading} />
      </Sections>
      <AddDialog opened={isAdding} heading={heading} onClose={() => setIsAdding(false)} />
    </>
  )
}
