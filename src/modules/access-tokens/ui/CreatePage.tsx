import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { FieldsSkeleton } from '#web/ui/Skeletons.tsx'
import { CreateForm } from './CreateForm.tsx'
import { isOffered } from './expiry.ts'
import { PrefillNotice } from './PrefillNotice.tsx'
import { type Prefill, readPrefill, unknownOf } from './prefill.ts'
import { type Issued, type Offer, offerQuery } from './queries.ts'
import { SecretDialog } from './SecretDialog.tsx'

const Notice = ({ prefill, offer }: { readonly prefill: Prefill; readonly offer: Offer }) => {
  const offered = new Set(offer.scopes.map(({ id }) => id))
  const { expiry, isExpiryUnknown } = prefill
  return (
    <PrefillNotice
      prefill={prefill}
      unknown={unknownOf(prefill.scopes, offered)}
      isExpiryRefused={isExpiryUnknown || (expiry !== null && !isOffered(expiry, offer))}
    />
  )
}

type LoadedProps = {
  readonly prefill: Prefill | null
  readonly onIssued: (issued: Issued) => void
}

const Loaded = ({ prefill, onIssued }: LoadedProps) => {
  const t = useTexts('access-tokens')
  const query = useQuery(offerQuery)
  if (query.isPending) {
    return (
      <Sections>
        <Section title={t('create.what')} explanation={t('create.whatMeans')}>
          <FieldsSkeleton count={4} />
        </Section>
        <Section title={t('scopes.title')} explanation={t('scopes.explanation')}>
          <FieldsSkeleton count={3} />
        </Section>
      </Sections>
    )
  }
  if (!query.data) {
    return (
      <Section title={t('create.what')} flush>
        <QueryErrorState title={t('failed.offer')} query={query} />
      </Section>
    )
  }
  return (
    <>
      {prefill && <Notice prefill={prefill} offer={query.data} />}
      <CreateForm offer={query.data} prefill={prefill} onIssued={onIssued} />
    </>
  )
}

/** A link may fill the form in; only the person who reads it can send it. */
export const CreatePage = () => {
  const t = useTexts('access-tokens')
  const navigate = useNavigate()
  const search = useRouterState({ select: (state) => state.location.searchStr })
  const prefill = useMemo(() => readPrefill(search), [search])
  const [issued, setIssued] = useState<Issued | null>(null)
  const leave = () => {
    setIssued(null)
    // The way back must not lead to a form that has done its work.
    void navigate({ to: pages.accessTokens.list, replace: true, ignoreBlocker: true })
  }
  return (
    <>
      <PageHead title={t('create.title')} summary={t('create.summary')} />
      <Loaded key={search} prefill={prefill} onIssued={setIssued} />
      <SecretDialog issued={issued} onClose={leave} />
    </>
  )
}
