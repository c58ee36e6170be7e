import { useQueryClient } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { RemovalDialog } from '#web/ui/RemovalDialog.tsx'
import classes from './Passkeys.module.css'
import { keepPasskeys, type Passkey, reload, useAppCount } from './queries.ts'
import { tellBrowser } from './signals.ts'

type Props = {
  readonly passkey: Passkey | null
  readonly isLast: boolean
  readonly opened: boolean
  /** Takes the focus when the row is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onClose: () => void
}

export const RemoveDialog = ({ passkey, isLast, opened, heading, onClose }: Props) => {
  const t = useTexts('passkeys')
  const client = useQueryClient()
  const apps = useAppCount()
  const name = passkey?.name ?? ''
  const provider = passkey?.provider

  const remove = async () => {
    if (!passkey) return
    await api.passkeys.remove({ passkeyId: passkey.id })
    keepPasskeys(client, (before) => before.filter((one) => one.id !== passkey.id))
    void tellBrowser()
    void reload(client)
  }

  return (
    <RemovalDialog
      opened={opened}
      onClose={onClose}
      title={t('remove.title', { name })}
      action={t('remove.action')}
      done={t('remove.done', { name })}
      heading={heading}
      run={remove}
    >
      <ul className={classes.facts}>
        <li>{t('remove.fact')}</li>
        <li>{provider ? t('remove.copy', { provider }) : t('remove.copyUnknown')}</li>
        {isLast && apps !== null && (
          <li>{t(apps === 0 ? 'remove.lastAlone' : 'remove.lastWithApps')}</li>
        )}
      </ul>
    </RemovalDialog>
  )
}
