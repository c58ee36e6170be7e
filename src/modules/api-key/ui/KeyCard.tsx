import { Button } from '@mantine/core'
import { type RefObject, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { type Fact, Facts } from '#web/ui/Facts.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { MomentText } from '#web/ui/MomentText.tsx'
import { SecretPanel } from '#web/ui/SecretPanel.tsx'
import { Section } from '#web/ui/Section.tsx'
import classes from './ApiKey.module.css'
import { MaskedKey } from './MaskedKey.tsx'
import type { ApiKey, Issued, ReplacedKey } from './queries.ts'
import { RegenerateDialog } from './RegenerateDialog.tsx'
import { ReplacedNotice } from './ReplacedNotice.tsx'
import { useReveal } from './use-reveal.ts'

type Props = {
  readonly apiKey: ApiKey
  readonly replaced: ReplacedKey | null
  /** The whole key, while it is looked at. */
  readonly shown: string | null
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onShow: (key: string | null) => void
  readonly onIssued: (issued: Issued) => void
}

const useFacts = ({ createdAt, lastUsedAt, lastUsedAddress, lastUsedAgent }: ApiKey) => {
  const t = useTexts('api-key')
  const facts: Fact[] = [
    { label: t('key.created'), value: <MomentText at={createdAt} /> },
    {
      label: t('key.used'),
      value: lastUsedAt ? <MomentText at={lastUsedAt} /> : t('key.unused'),
    },
  ]
  if (lastUsedAddress) facts.push({ label: t('key.address'), value: lastUsedAddress, isCode: true })
  if (lastUsedAgent) facts.push({ label: t('key.agent'), value: lastUsedAgent, isCode: true })
  return facts
}

const Shown = ({ value, onHide }: { readonly value: string; readonly onHide: () => void }) => {
  const t = useTexts('api-key')
  return (
    <SecretPanel
      values={[value]}
      label={t('key.value')}
      copyLabel={t('key.copy')}
      tools={
        <Button variant="default" size="sm" onClick={onHide}>
          {t('key.hide')}
        </Button>
      }
    >
      {t('key.meaning')}
    </SecretPanel>
  )
}

/** The key by its last four; whole only when the user asks and confirms it is them. */
export const KeyCard = ({ apiKey, replaced, shown, heading, onShow, onIssued }: Props) => {
  const t = useTexts('api-key')
  const [isAsking, setIsAsking] = useState(false)
  const facts = useFacts(apiKey)
  const reveal = useReveal(onShow)
  return (
    <Section
      title={t('key.title')}
      explanation={t('key.explanation')}
      headingRef={heading}
      actions={
        <Button variant="default" onClick={() => setIsAsking(true)}>
          {t('regenerate.open')}
        </Button>
      }
    >
      <div className={classes.parts}>
        <div>
          {shown === null ? (
            <MaskedKey lastFour={apiKey.lastFour} reveal={reveal} />
          ) : (
            <Shown value={shown} onHide={() => onShow(null)} />
          )}
          <InlineProblem problem={reveal.problem} />
        </div>
        {replaced && <ReplacedNotice replaced={replaced} />}
        <Facts facts={facts} />
      </div>
      <RegenerateDialog
        apiKey={apiKey}
        replaced={replaced}
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        onIssued={onIssued}
      />
    </Section>
  )
}
