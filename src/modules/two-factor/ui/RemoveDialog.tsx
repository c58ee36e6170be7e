import { useQueryClient } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { api } from '#web/lib/client.ts'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { RemovalDialog } from '#web/ui/RemovalDialog.tsx'
import { type Authenticator, keepAuthenticators, usePasskeys } from './queries.ts'
import classes from './TwoFactor.module.css'

type Props = {
  readonly app: Authenticator | null
  readonly isOnly: boolean
  readonly opened: boolean
  /** Takes the focus when the row is gone. */
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onClose: () => void
}

export const RemoveDialog = ({ app, isOnly, opened, heading, onClose }: Props) => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  const client = useQueryClient()
  const { total, factors } = usePasskeys()
  const name = app?.name ?? ''
  const rest = () => {
    const count = factors || total
    const shown = formatter.number(count)
    if (factors > 0) return t('remove.lastWithPasskeys', { count, shown })
    return total > 0 ? t('disable.fact.kept', { count, shown }) : t('remove.lastAlone')
  }

  const remove = async () => {
    if (!app) return
    await api.twoFactor.remove({ authenticatorId: app.id })
    keepAuthenticators(client, (before) => before.filter((one) => one.id !== app.id))
    void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
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
      <p className={classes.fact}>{t('remove.fact')}</p>
      {isOnly && <p className={classes.fact}>{rest()}</p>}
    </RemovalDialog>
  )
}
