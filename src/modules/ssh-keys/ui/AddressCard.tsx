import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { pageAs } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { CopyButton } from '#web/ui/CopyButton.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { Section } from '#web/ui/Section.tsx'
import type { Published } from './queries.ts'
import classes from './SshKeys.module.css'

const Address = ({ url }: { readonly url: string }) => {
  const t = useTexts('ssh-keys')
  return (
    <div className={classes.address}>
      <code className={classes.url} translate="no">
        {url}
      </code>
      <CopyButton text={url} label={t('address.copy')} />
    </div>
  )
}

/** Where servers find the keys, or what is missing for that. */
export const AddressCard = ({ published }: { readonly published: Published }) => {
  const t = useTexts('ssh-keys')
  const { url } = published
  if (published.for === 'nobody') {
    return (
      <Section title={t('address.title')} explanation={t('address.explanation')}>
        <Notice tone="info">{t('address.nobody')}</Notice>
      </Section>
    )
  }
  if (url === null) {
    return (
      <Section
        title={t('address.title')}
        explanation={t('address.explanation')}
        actions={
          <Button component={Link} to={pageAs.profile} hash="username" variant="default">
            {t('address.choose')}
          </Button>
        }
      >
        <p className={classes.words}>{t('address.missing')}</p>
      </Section>
    )
  }
  return (
    <Section title={t('address.title')} explanation={t('address.explanation')}>
      <Address url={url} />
      <p className={classes.after}>
        {t(published.for === 'members' ? 'address.members' : 'address.anyone')}
      </p>
    </Section>
  )
}
