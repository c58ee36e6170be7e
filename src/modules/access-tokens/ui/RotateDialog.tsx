import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '#web/lib/client.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ChoiceField } from '#web/ui/ChoiceField.tsx'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { useNow } from '#web/ui/use-now.ts'
import { endAfterRotation } from './expiry.ts'
import { type Issued, offerQuery, type Token } from './queries.ts'
import classes from './Tokens.module.css'

/** As long as the contract lets both work. */
const overlapMs = 24 * 3600 * 1000

const useRotationMoments = (token: Token) => {
  const formatter = useFormatter()
  const now = useNow()
  const { data: offer } = useQuery(offerQuery)
  const oldEnd = Math.min(now + overlapMs, Date.parse(token.expiresAt ?? '') || now + overlapMs)
  const newEnd = endAfterRotation(token, offer?.lifetimeDaysMax ?? null, now)
  return {
    oldEnd: formatter.dateTime(oldEnd),
    newEnd: newEnd === null ? null : formatter.date(newEnd),
  } as const
}

type FormProps = {
  readonly token: Token
  readonly onClose: () => void
  readonly onIssued: (issued: Issued) => void
}

const RotateForm = ({ token, onClose, onIssued }: FormProps) => {
  const t = useTexts('access-tokens')
  const client = useQueryClient()
  const { oldEnd, newEnd } = useRotationMoments(token)
  const form = useForm<'overlap'>(
    {
      fields: ['overlap'],
      check: () => ({}),
      send: async ({ overlap }) => {
        const wanted = overlap === 'none' ? 'none' : '24-hours'
        const made = await api.accessTokens.rotate({ tokenId: token.id, overlap: wanted })
        onClose()
        onIssued({ ...made, ignoredScopes: [] })
        void client.invalidateQueries({ queryKey: api.accessTokens.list.key() })
        return undefined
      },
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <ul className={classes.before}>
        <li>{t('rotate.same')}</li>
        <li>{newEnd ? t('rotate.newEnd', { date: newEnd }) : t('rotate.newEndless')}</li>
      </ul>
      <ChoiceField
        name="overlap"
        label={t('rotate.old')}
        defaultValue="24-hours"
        choices={[
          {
            value: '24-hours',
            label: t('rotate.later'),
            description: t('rotate.laterFact', { when: oldEnd }),
          },
          { value: 'none', label: t('rotate.now'), description: t('rotate.nowFact') },
        ]}
      />
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('rotate.cancel')}
        </Button>
        <ProgressButton type="submit" pending={form.pending}>
          {t('rotate.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

type Props = Omit<FormProps, 'token'> & { readonly token: Token | null; readonly opened: boolean }

/** A new token in place of an old one, and when the old one stops. */
export const RotateDialog = ({ token, opened, ...others }: Props) => {
  const t = useTexts('access-tokens')
  return (
    <Dialog
      opened={opened}
      onClose={others.onClose}
      title={t('rotate.title', { name: token?.name ?? '' })}
      size={480}
    >
      {token && <RotateForm key={token.id} token={token} {...others} />}
    </Dialog>
  )
}
