import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '#web/lib/client.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { toast } from '#web/ui/toast.tsx'
import { besideKey } from './key-problems.ts'
import { dayOf, endOf, isPast } from './last-day.ts'
import { replaceSshKey, type SshKey } from './queries.ts'
import classes from './SshKeys.module.css'

type FormProps = { readonly sshKey: SshKey; readonly onClose: () => void }

const ExpiryForm = ({ sshKey, onClose }: FormProps) => {
  const t = useTexts('ssh-keys')
  const formatter = useFormatter()
  const client = useQueryClient()
  const form = useForm<'expiresOn'>(
    {
      fields: ['expiresOn'],
      check: ({ expiresOn }) => ({
        expiresOn: isPast(expiresOn) ? say('ssh-keys', 'add.expiresPast') : undefined,
      }),
      send: async ({ expiresOn }) => {
        const expiresAt = endOf(expiresOn)
        const key = await api.sshKeys.update({ keyId: sshKey.id, expiresAt })
        replaceSshKey(client, key)
        const { title } = key
        toast.done(
          expiresAt
            ? t('expiry.until', { title, date: formatter.date(expiresAt) })
            : t('expiry.endless', { title }),
        )
        onClose()
        return undefined
      },
      besideField: besideKey as Readonly<Record<string, 'expiresOn'>>,
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <div className={classes.fields}>
        <TextField
          {...form.field('expiresOn')}
          label={t('expiry.day')}
          hint={t('expiry.dayHint')}
          type="date"
          defaultValue={dayOf(sshKey.expiresAt)}
          data-autofocus
        />
      </div>
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('expiry.cancel')}
        </Button>
        <ProgressButton type="submit" pending={form.pending}>
          {t('expiry.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

type Props = Omit<FormProps, 'sshKey'> & {
  readonly sshKey: SshKey | null
  readonly opened: boolean
}

/** Until when servers are told of a key. */
export const ExpiryDialog = ({ sshKey, opened, onClose }: Props) => {
  const t = useTexts('ssh-keys')
  const title = t('expiry.title', { title: sshKey?.title ?? '' })
  return (
    <Dialog opened={opened} onClose={onClose} title={title} size={420}>
      {sshKey && <ExpiryForm key={sshKey.id} sshKey={sshKey} onClose={onClose} />}
    </Dialog>
  )
}
