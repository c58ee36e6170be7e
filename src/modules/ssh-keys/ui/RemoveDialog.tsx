import { useQueryClient } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { focusLater } from '#web/ui/late-focus.ts'
import { toast } from '#web/ui/toast.tsx'
import { forgetSshKey, type SshKey } from './queries.ts'
import classes from './SshKeys.module.css'

type Props = {
  readonly sshKey: SshKey | null
  readonly opened: boolean
  /** Takes the focus when the row is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onClose: () => void
}

export const RemoveDialog = ({ sshKey, opened, heading, onClose }: Props) => {
  const t = useTexts('ssh-keys')
  const client = useQueryClient()
  const title = sshKey?.title ?? ''

  const remove = async () => {
    if (!sshKey) return
    await api.sshKeys.remove({ keyId: sshKey.id })
    forgetSshKey(client, sshKey.id)
    toast.done(t('remove.done', { title }))
    focusLater(heading)
  }

  return (
    <ConsequenceDialog
      opened={opened}
      onClose={onClose}
      title={t('remove.title', { title })}
      action={t('remove.action')}
      isDestructive
      run={remove}
    >
      <ul className={classes.facts}>
        <li>{t('remove.refused')}</li>
        <li>{t('remove.open')}</li>
        <li>{t('remove.private')}</li>
      </ul>
    </ConsequenceDialog>
  )
}
