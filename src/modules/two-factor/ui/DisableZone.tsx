import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { DangerZone } from '#web/ui/DangerZone.tsx'
import { RemovalDialog } from '#web/ui/RemovalDialog.tsx'
import { keepAuthenticators, type TwoFactor, usePasskeys } from './queries.ts'
import classes from './TwoFactor.module.css'

type Props = {
  readonly state: TwoFactor
  readonly heading: RefObject<HTMLHeadingElement | null>
}

/** Last on the page. There while there is something to switch off. */
export const DisableZone = ({ state, heading }: Props) => {
  const t = useTexts('two-factor')
  const formatter = useFormatter()
  const client = useQueryClient()
  const { total, factors } = usePasskeys()
  const [isAsking, setIsAsking] = useState(false)
  const count = state.authenticators.length
  const kind = factors > 0 ? 'apps' : 'off'
  const passkeys = factors || total
  const values = { count: passkeys, shown: formatter.number(passkeys) }
  const rest = () => {
    if (factors > 0) return t('disable.fact.factors', values)
    return total > 0 ? t('disable.fact.kept', values) : t('disable.fact.alone')
  }

  const disable = async () => {
    await api.twoFactor.disable()
    keepAuthenticators(client, () => [])
    void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
  }

  return (
    <>
      {count > 0 && (
        <DangerZone
          title={t(`disable.${kind}.heading`)}
          explanation={t(`disable.${kind}.explanation`)}
        >
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {t(`disable.${kind}.action`)}
          </Button>
        </DangerZone>
      )}
      <RemovalDialog
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={t(`disable.${kind}.title`)}
        action={t(`disable.${kind}.action`)}
        done={t(`disable.${kind}.done`)}
        heading={heading}
        run={disable}
      >
        <ul className={classes.facts}>
          <li>{t('disable.fact.apps', { count, shown: formatter.number(count) })}</li>
          <li>{rest()}</li>
          <li>{t('disable.fact.told')}</li>
        </ul>
      </RemovalDialog>
    </>
  )
}
