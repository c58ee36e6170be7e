import { useEffect, useRef, useState } from 'react'
import type { Problem } from '#web/lib/client.ts'
import { askPasskey } from '#web/lib/passkey.ts'
import { useTexts } from '#web/lib/texts.ts'
import { PasskeyButton } from './PasskeyButton.tsx'
import { type Proving, passkeyChallengeOf } from './prove.ts'

/** A passkey that verified the person, as the second step. */
export const PasskeyStep = (proving: Proving) => {
  const { challenge, prove, wrongCode, wrongText, wayOut } = proving
  const t = useTexts('web')
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const asking = useRef<AbortController>(null)
  // A user who chose another method, or closed the dialog, is not asked any more.
  useEffect(() => () => asking.current?.abort(), [])

  const answer = async () => {
    const controller = new AbortController()
    asking.current = controller
    const { ceremonyId, options } = passkeyChallengeOf(await challenge('passkey'))
    const response = await askPasskey(options, controller)
    return prove('passkey', JSON.stringify({ ceremonyId, response }))
  }
  const press = async () => {
    setPending(true)
    setError(null)
    try {
      if ((await answer()) === 'leaving') return
    } catch (failure) {
      setError(failure)
    }
    setPending(false)
  }

  const calmly = (problem: Problem) =>
    problem.code === wrongCode ? wrongText('passkey') : undefined
  return (
    <PasskeyButton
      label={t('secondStep.passkey.act')}
      pending={pending}
      error={error}
      calmly={calmly}
      onPress={press}
      wayOut={wayOut}
      isMain
    />
  )
}
