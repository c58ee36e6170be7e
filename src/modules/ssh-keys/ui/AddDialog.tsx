import { Button, VisuallyHidden } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import type { FormEvent, RefObject } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { api } from '#web/lib/client.ts'
import { atMost, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { useUnsavedForm } from '#web/lib/unsaved.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { focusIfLost } from '#web/ui/late-focus.ts'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { TextAreaField } from '#web/ui/TextAreaField.tsx'
import { toast } from '#web/ui/toast.tsx'
import { useDrop } from '#web/ui/use-drop.ts'
import { besideKey, keyProblemText } from './key-problems.ts'
import { endOf, isPast } from './last-day.ts'
import { showSshKey } from './queries.ts'
import classes from './SshKeys.module.css'
import { useKeyField } from './use-key-field.ts'

type Props = {
  readonly opened: boolean
  /** Takes the focus when the button that opened this is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onClose: () => void
}

const fields = ['publicKey', 'title', 'expiresOn'] as const

const useAdding = (onAdded: () => void) => {
  const t = useTexts('ssh-keys')
  const client = useQueryClient()
  return useForm<(typeof fields)[number]>(
    {
      fields,
      check: ({ publicKey, title, expiresOn }) => ({
        publicKey: required(publicKey),
        title: atMost(nameMax)(title),
        expiresOn: isPast(expiresOn) ? say('ssh-keys', 'add.expiresPast') : undefined,
      }),
      send: async ({ publicKey, title, expiresOn }) => {
        const end = endOf(expiresOn)
        const key = await api.sshKeys.add({
          publicKey,
          ...(title.trim() ? { title: title.trim() } : {}),
          ...(end ? { expiresAt: end } : {}),
        })
        showSshKey(client, key)
        toast.done(t('add.done', { title: key.title }))
        onAdded()
        return undefined
      },
      besideField: besideKey,
    },
    keyProblemText,
  )
}

const AddForm = ({ heading, onClose }: Omit<Props, 'opened'>) => {
  const t = useTexts('ssh-keys')
  const form = useAdding(() => {
    onClose()
    focusIfLost(heading)
  })
  useUnsavedForm(form.props.ref)
  const key = useKeyField(form.props.ref)
  const drop = useDrop((file) => void key.take(file))
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    form.props.onInput(event)
    key.onInput(event)
  }
  const { error, ...field } = form.field('publicKey')
  return (
    <form {...form.props} onInput={onInput}>
      <div className={classes.fields} data-over={drop.isOver || undefined} {...drop.handlers}>
        <TextAreaField
          {...field}
          error={key.fault ? t(`add.${key.fault}`) : error}
          label={t('add.key')}
          hint={drop.isOver ? t('add.drop') : t('add.keyHint')}
          placeholder="ssh-ed25519 AAAA…"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          isCode
          data-autofocus
        />
        <div>
          <Button
            variant="default"
            size="compact-md"
            leftSection={<FileUp size={16} aria-hidden />}
            onClick={key.open}
          >
            {t('add.file')}
          </Button>
          <VisuallyHidden>
            <input {...key.choose} type="file" tabIndex={-1} aria-label={t('add.file')} />
          </VisuallyHidden>
        </div>
        <TextField
          {...form.field('title')}
          label={t('add.title')}
          hint={t('add.titleHint')}
          autoComplete="off"
        />
        <TextField
          {...form.field('expiresOn')}
          label={t('add.expires')}
          hint={t('add.expiresHint')}
          type="date"
        />
      </div>
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('add.cancel')}
        </Button>
        <ProgressButton type="submit" pending={form.pending}>
          {t('add.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

export const AddDialog = ({ opened, heading, onClose }: Props) => {
  const t = useTexts('ssh-keys')
  return (
    <Dialog opened={opened} onClose={onClose} title={t('add.open')} size={520}>
      <AddForm heading={heading} onClose={onClose} />
    </Dialog>
  )
}
