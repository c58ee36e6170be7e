import { useTexts } from '#web/lib/texts.ts'
import { Section } from '#web/ui/Section.tsx'
import classes from './Cards.module.css'

export const EmailCard = ({ email }: { readonly email: string }) => {
  const t = useTexts('account')
  return (
    <Section title={t('email.title')} explanation={t('email.explanation')}>
      <p className={classes.address}>{email}</p>
    </Section>
  )
}
