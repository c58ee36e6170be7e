import { useQueryClient } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { RemovalDialog } from '#web/ui/RemovalDialog.tsx'
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
  }

  return (
    <RemovalDialog
      opened={opened}
      onClose={onClose}
      title={t('remove.title', { title })}
      action={t('remove.action')}
      done={t('remove.done', { title })}
      heading={heading}
      run={remove}
    >
      <ul className={classes.facts}>
        <li>{t('remove.refused')}</li>
        <li>{t('remove.open')}</li>
        <li>{t('remove.private')}</li>
      </ul>
    </RemovalDialog>
  )
}
