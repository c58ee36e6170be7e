import { hasText, useTexts } from '#web/lib/texts.ts'
import { Facts } from '#web/ui/Facts.tsx'
import { Section } from '#web/ui/Section.tsx'
import type { Profile } from './queries.ts'

/** Own roles of an organisation are shown by the name they were given. */
const useRoleName = (role: string): string => {
  const t = useTexts('account')
  const key = `organisation.roles.${role}`
  return hasText('account', key) ? t(key) : role
}

/** Where you work, beside who you are. Read-only: operators change it. */
export const OrganisationCard = ({ organisation }: Pick<Profile, 'organisation'>) => {
  const t = useTexts('account')
  const role = useRoleName(organisation.role)
  const website = organisation.website && (
    <a href={organisation.website} target="_blank" rel="noreferrer">
      {organisation.website}
    </a>
  )
  return (
    <Section title={t('organisation.title')} explanation={t('organisation.explanation')}>
      <Facts
        facts={[
          { label: t('organisation.name'), value: organisation.name },
          { label: t('organisation.role'), value: role },
          ...(website ? [{ label: t('organisation.website'), value: website }] : []),
        ]}
      />
    </Section>
  )
}
