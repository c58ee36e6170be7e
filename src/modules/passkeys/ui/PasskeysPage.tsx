import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { RecoveryCodesDialog } from '#web/ui/RecoveryCodesDialog.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { AddDialog } from './AddDialog.tsx'
import classes from './Passkeys.module.css'
import { PasskeysCard } from './PasskeysCard.tsx'
import { passkeysQuery } from './queries.ts'
import { tellBrowser } from './signals.ts'

const Explained = ({ hasOneStep }: { readonly hasOneStep: boolean }) => {
  const t = useTexts('passkeys')
  const keys = ['what', 'safe', 'both', ...(hasOneStep ? (['oneStep'] as const) : [])] as const
  return (
    <Section title={t('explained.title')}>
      <ul className={classes.explained}>
        {keys.map((key) => (
          <li key={key}>{t(`explained.${key}`)}</li>
        ))}
      </ul>
    </Section>
  )
}

const Cards = () => {
  const t = useTexts('passkeys')
  const query = useQuery(passkeysQuery)
  const heading = useRef<HTMLHeadingElement>(null)
  const [isAdding, setIsAdding] = useState(false)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  useEffect(() => {
    void tellBrowser()
  }, [])
  if (query.isPending) {
    return (
      <Section title={t('list.title')} explanation={t('list.explanation')} flush>
        <ListSkeleton count={2} />
      </Section>
    )
  }
  if (!query.data) {
    return (
      <Section title={t('list.title')} flush>
        <QueryErrorState title={t('failed.load')} query={query} />
      </Section>
    )
  }
  return (
    <>
      <PasskeysCard
        passkeys={query.data.passkeys}
        heading={heading}
        onAdd={() => setIsAdding(true)}
      />
      <Explained hasOneStep={query.data.passkeys.some(({ verifiedAt }) => verifiedAt === null)} />
      <AddDialog
        opened={isAdding}
        onClose={() => setIsAdding(false)}
        onAdded={({ recoveryCodes }) => setCodes(recoveryCodes)}
      />
      <RecoveryCodesDialog codes={codes} heading={heading} onClose={() => setCodes(null)} />
    </>
  )
}

export const PasskeysPage = () => {
  const t = useTexts('passkeys')
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} />
      <Sections>
        <Cards />
      </Sections>
    </>
  )
}
