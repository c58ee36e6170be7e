import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { DangerZone } from '#web/ui/DangerZone.tsx'
import { toast } from '#web/ui/toast.tsx'
import { keepAuthenticators, reload, type TwoFactor, usePasskeyCount } from './queries.ts'
import classes from './TwoFactor.module.css'

/** Longer than the dialog takes to close and to give the focus back to a button that is gone. */
const focusAfterMs = 250

type Props = {
  readonly state: TwoFactor
  readonly heading: RefObject<HTMLHeadingElement | null>
}

/** Last on the page. There while there is something to switch off. */
export const DisableZone = ({ state, heading }: Props) => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  const client = useQueryClient()
  const passkeys = usePasskeyCount()
  const [isAsking, setIsAsking] = useState(false)
  const count = state.authenticators.length

  const disable = async () => {
    await api.twoFactor.disable()
    keepAuthenticators(client, () => [])
    toast.done(t('disable.done'))
    setTimeout(() => heading.current?.focus({ preventScroll: true }), focusAfterMs)
    void reload(client)
  }

  return (
    <>
      {count > 0 && (
        <DangerZone title={t('disable.heading')} explanation={t('disable.explanation')}>
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {t('disable.open')}
          </Button>
        </DangerZone>
      )}
      <ConsequenceDialog
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('disable.title')}
        action={t('disable.action')}
        isDestructive
        run={disable}
      >
        <ul className={classes.facts}>
          <li>{t('disable.apps', { count, shown: formatter.number(count) })}</li>
          <li>
            {passkeys > 0
              ? t('disable.passkeys', { count: passkeys, shown: formatter.number(passkeys) })
              : t('disable.alone')}
          </li>
          {passkeys === 0 && <li>{t('disable.told')}</li>}
        </ul>
      </ConsequenceDialog>
    </>
  )
}
