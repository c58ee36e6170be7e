import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { DangerZone } from '#web/ui/DangerZone.tsx'
import { focusLater } from '#web/ui/late-focus.ts'
import { toast } from '#web/ui/toast.tsx'
import classes from './OtherSessions.module.css'
import { forgetOtherSessions } from './queries.ts'

type Props = { readonly count: number; readonly heading: RefObject<HTMLHeadingElement | null> }

/** Signs out everywhere but here. */
export const RevokeAll = ({ count, heading }: Props) => {
  const t = useTexts('sessions')
  const formatter = useFormatter()
  const client = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)

  const revokeAll = async () => {
    const { endedSessions } = await api.sessions.endOthers({})
    toast.done(
      t('revokeAll.done', { count: endedSessions, shown: formatter.number(endedSessions) }),
    )
    forgetOtherSessions(client)
    focusLater(heading)
    void client.invalidateQueries({ queryKey: api.sessions.list.key() })
  }

  return (
    <>
      {count > 0 && (
        <DangerZone title={t('revokeAll.heading')} explanation={t('revokeAll.explanation')}>
          <Button variant="default" onClick={() => setIsAsking(true)}>
            {t('revokeAll.open')}
          </Button>
        </DangerZone>
      )}
      <ConsequenceDialog
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('revokeAll.title')}
        action={t('revokeAll.action')}
        isDestructive
        run={revokeAll}
      >
        <p className={classes.fact}>
          {t('revokeAll.fact', { count, shown: formatter.number(count) })}
        </p>
      </ConsequenceDialog>
    </>
  )
}
