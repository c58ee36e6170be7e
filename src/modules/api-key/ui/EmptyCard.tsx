import { useQueryClient } from '@tanstack/react-query'
import { KeySquare, Plus } from 'lucide-react'
import { type RefObject, useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { focusLater } from '#web/ui/late-focus.ts'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { Section } from '#web/ui/Section.tsx'
import { toast } from '#web/ui/toast.tsx'
import classes from './ApiKey.module.css'
import type { Issued, ReplacedKey } from './queries.ts'
import { ReplacedNotice } from './ReplacedNotice.tsx'

type Props = {
  readonly replaced: ReplacedKey | null
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onIssued: (issued: Issued) => void
}

/** No user needs one: it is made when it is asked for. */
export const EmptyCard = ({ replaced, heading, onIssued }: Props) => {
  const t = useTexts('api-key')
  const client = useQueryClient()
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const create = async () => {
    setIsPending(true)
    setProblem(null)
    try {
      onIssued(await api.apiKey.create())
      toast.done(t('create.done'))
      // The button is gone; the heading of the card that takes its place says what there is now.
      focusLater(heading)
    } catch (error) {
      const found = asProblem(error)
      setProblem(found)
      if (found.code === 'api-key.exists')
        void client.invalidateQueries({ queryKey: api.apiKey.read.key() })
    } finally {
      setIsPending(false)
    }
  }

  return (
    <Section title={t('key.title')} explanation={t('key.explanation')} headingRef={heading} flush>
      {replaced && (
        <div className={classes.inset}>
          <ReplacedNotice replaced={replaced} />
        </div>
      )}
      <EmptyState
        icon={<KeySquare size={20} />}
        action={
          <ProgressButton
            leftSection={<Plus size={16} aria-hidden />}
            pending={isPending}
            onClick={() => void create()}
          >
            {t('create.action')}
          </ProgressButton>
        }
      >
        {t('key.empty')}
      </EmptyState>
      <div className={classes.inset}>
        <InlineProblem problem={problem} />
      </div>
    </Section>
  )
}
