import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EditableName } from '#web/ui/EditableName.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { showSessionName } from './queries.ts'
import { type Session, sessionTitle } from './session-words.ts'

/** As the contract has it. */
const nameMax = 60

/** What the session is called, changed where it stands. Without a name, what its device tells is where one begins. */
export const SessionName = ({ session }: { readonly session: Session }) => {
  const t = useTexts('sessions')
  const client = useQueryClient()
  const place = useRef<HTMLDivElement>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  const rename = async (name: string | null) =>
    showSessionName(client, await api.sessions.rename({ sessionId: session.id, name }))
  const clear = async () => {
    setProblem(null)
    try {
      await rename(null)
      // The button goes with the name; without this the focus would go with the button.
      place.current?.focus({ preventScroll: true })
    } catch (error) {
      setProblem(asProblem(error))
    }
  }
  return (
    <div ref={place} tabIndex={-1}>
      <EditableName name={sessionTitle(session, t)} max={nameMax} save={rename} />
      {session.name !== null && (
        <Button variant="default" size="compact-sm" onClick={() => void clear()}>
          {t('details.clearName')}
        </Button>
      )}
      <InlineProblem problem={problem} />
    </div>
  )
}
