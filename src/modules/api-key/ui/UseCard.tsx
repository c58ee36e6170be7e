import { Button } from '@mantine/core'
import { useMe } from '#web/lib/queries.ts'
import { referencePath } from '#web/lib/reference-page.ts'
import { useTexts } from '#web/lib/texts.ts'
import { CopyButton } from '#web/ui/CopyButton.tsx'
import { Section } from '#web/ui/Section.tsx'
import classes from './ApiKey.module.css'

const placeholder = 'YOUR_API_KEY'

/** In single quotes a shell takes everything as it is; a single quote itself has to step out of them. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A line to try it with, and the two ways a program can send it. */
export const UseCard = ({ shown }: { readonly shown: string | null }) => {
  const t = useTexts('api-key')
  const { email } = useMe()
  const key = shown ?? placeholder
  const line = `curl -u ${quoted(`${email}:${key}`)} ${location.origin}/api/v1/account/me`
  return (
    <Section
      title={t('use.title')}
      explanation={t('use.explanation')}
      actions={
        <Button component="a" href={referencePath} variant="default">
          {t('use.reference')}
        </Button>
      }
    >
      <div className={classes.parts}>
        <code className={classes.line} translate="no">
          {line}
        </code>
        {shown === null && <p className={classes.muted}>{t('use.placeholder', { placeholder })}</p>}
        <div>
          <CopyButton text={line} label={t('use.copy')} />
        </div>
        <ul className={classes.facts}>
          <li>{t('use.basic')}</li>
          <li>{t('use.bearer')}</li>
          <li>{t('use.never')}</li>
        </ul>
      </div>
    </Section>
  )
}
