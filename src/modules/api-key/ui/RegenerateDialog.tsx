import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ChoiceField } from '#web/ui/ChoiceField.tsx'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { toast } from '#web/ui/toast.tsx'
import { useNow } from '#web/ui/use-now.ts'
import classes from './ApiKey.module.css'
import type { ApiKey, Issued, ReplacedKey } from './queries.ts'

/** As long as the contract lets both work. */
const overlapMs = 24 * 3600 * 1000

type FormProps = {
  readonly apiKey: ApiKey
  readonly replaced: ReplacedKey | null
  readonly onClose: () => void
  readonly onIssued: (issued: Issued) => void
}

const RegenerateForm = ({ apiKey, replaced, onClose, onIssued }: FormProps) => {
  const t = useTexts('api-key')
  const formatter = useFormatter()
  const client = useQueryClient()
  const [isAtOnce, setIsAtOnce] = useState(false)
  const when = formatter.dateTime(useNow() + overlapMs)
  const form = useForm<'overlap'>(
    {
      fields: ['overlap'],
      check: () => ({}),
      send: async (values) => {
        const overlap = values.overlap === 'none' ? 'none' : '24-hours'
        try {
          onIssued(await api.apiKey.regenerate({ keyId: apiKey.id, overlap }))
          onClose()
          toast.done(t('regenerate.done'))
        } finally {
          void client.invalidateQueries({ queryKey: api.apiKey.read.key() })
        }
        return undefined
      },
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <ul className={classes.facts}>
        <li>{t('regenerate.fact', { lastFour: apiKey.lastFour })}</li>
        {replaced && <li>{t('regenerate.older', { lastFour: replaced.lastFour })}</li>}
      </ul>
      <ChoiceField
        name="overlap"
        label={t('regenerate.old')}
        onChoose={(overlap) => setIsAtOnce(overlap === 'none')}
        defaultValue="24-hours"
        choices={[
          {
            value: '24-hours',
            label: t('regenerate.later'),
            description: t('regenerate.laterFact', { when }),
          },
          {
            value: 'none',
            label: t('regenerate.now'),
            description: t('regenerate.nowFact'),
          },
        ]}
      />
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('regenerate.cancel')}
        </Button>
        <ProgressButton
          type="submit"
          pending={form.pending}
          {...(isAtOnce ? { color: 'red' } : {})}
        >
          {t('regenerate.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

/** A new key in place of the old one: what stops working, and when. */
export const RegenerateDialog = ({
  opened,
  ...others
}: FormProps & { readonly opened: boolean }) => {
  const t = useTexts('api-key')
  return (
    <Dialog opened={opened} onClose={others.onClose} title={t('regenerate.title')} size={480}>
      <RegenerateForm {...others} />
    </Dialog>
  )
}
