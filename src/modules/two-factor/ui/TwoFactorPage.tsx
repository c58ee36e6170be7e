import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { RecoveryCodesDialog } from '#web/ui/RecoveryCodesDialog.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { AppsCard } from './AppsCard.tsx'
import { CodesCard } from './CodesCard.tsx'
import { DisableZone } from './DisableZone.tsx'
import { type TwoFactor, twoFactorQuery, usePasskeys } from './queries.ts'

const StateCard = ({ state }: { readonly state: TwoFactor }) => {
  const t = useTexts('two-factor')
  const { factors } = usePasskeys()
  const withApps = factors > 0 ? 'state.both' : 'state.apps'
  const onKey = state.authenticators.length > 0 ? withApps : 'state.passkeys'
  return (
    <Section
      title={t(state.isOn ? 'state.onTitle' : 'state.offTitle')}
      aside={
        <StateBadge tone={state.isOn ? 'good' : 'notice'}>
          {t(state.isOn ? 'state.on' : 'state.off')}
        </StateBadge>
      }
    >
      {t(state.isOn ? onKey : 'state.offExplanation')}
    </Section>
  )
}

const Loading = () => {
  const t = useTexts('two-factor')
  return (
    <Section title={t('apps.title')} explanation={t('apps.explanation')} flush>
      <ListSkeleton count={2} />
    </Section>
  )
}

const Cards = () => {
  const t = useTexts('two-factor')
  const client = useQueryClient()
  const query = useQuery(twoFactorQuery)
  const heading = useRef<HTMLHeadingElement>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (query.isPending) return <Loading />
  if (!query.data) {
    return (
      <Section title={t('title')} flush>
        <QueryErrorState title={t('failed.load')} query={query} />
      </Section>
    )
  }
  const show = (issued: readonly string[]) => {
    setCodes(issued)
    void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
  }
  return (
    <>
      <StateCard state={query.data} />
      <AppsCard state={query.data} heading={heading} onCodes={show} />
      <CodesCard state={query.data} onCodes={show} />
      <DisableZone state={query.data} heading={heading} />
      <RecoveryCodesDialog codes={codes} heading={heading} onClose={() => setCodes(null)} />
    </>
  )
}

export const TwoFactorPage = () => {
  const t = useTexts('two-factor')
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} />
      <Sections>
        <Cards />
      </Sections>
    </>
  )
}
