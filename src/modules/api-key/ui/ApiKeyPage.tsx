import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { FieldsSkeleton } from '#web/ui/Skeletons.tsx'
import { DeleteZone } from './DeleteZone.tsx'
import { EmptyCard } from './EmptyCard.tsx'
import { KeyCard } from './KeyCard.tsx'
import { apiKeyQuery, type Issued, keepState } from './queries.ts'
import { UseCard } from './UseCard.tsx'

const Cards = () => {
  const t = useTexts('api-key')
  const client = useQueryClient()
  const query = useQuery(apiKeyQuery)
  const heading = useRef<HTMLHeadingElement>(null)
  /** The whole key, only as long as the user looks at it. */
  const [shown, setShown] = useState<string | null>(null)
  if (query.isPending) {
    return (
      <Section title={t('key.title')} explanation={t('key.explanation')}>
        <FieldsSkeleton count={2} />
      </Section>
    )
  }
  if (!query.data) {
    return (
      <Section title={t('key.title')} flush>
        <QueryErrorState title={t('failed.load')} query={query} />
      </Section>
    )
  }
  const { apiKey, replaced } = query.data
  const keep = (issued: Issued) => {
    keepState(client, issued)
    setShown(issued.key)
  }
  const current = shown?.endsWith(apiKey?.lastFour ?? '?') ? shown : null
  return (
    <>
      {apiKey ? (
        <KeyCard
          apiKey={apiKey}
          replaced={replaced}
          shown={current}
          heading={heading}
          onShow={setShown}
          onIssued={keep}
        />
      ) : (
        <EmptyCard replaced={replaced} heading={heading} onIssued={keep} />
      )}
      {apiKey && <UseCard shown={current} />}
      <DeleteZone state={query.data} heading={heading} onDeleted={() => setShown(null)} />
    </>
  )
}

export const ApiKeyPage = () => {
  const t = useTexts('api-key')
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} />
      <Sections>
        <Cards />
      </Sections>
    </>
  )
}
