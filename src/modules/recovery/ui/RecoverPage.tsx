import { useState } from 'react'
import { api, Problem, pageAs } from '#web/lib/client.ts'
import { takenFromFragment } from '#web/lib/fragment.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard } from '#web/ui/plain/EntranceCard.tsx'
import { NewPasswordForm } from '#web/ui/plain/NewPasswordForm.tsx'
import { PlainFacts } from '#web/ui/plain/PlainFacts.tsx'

type State = 'open' | 'incomplete' | 'spent' | 'done'

/** The last way back, after a day of waiting: the person chooses the password, an operator never does. */
export const RecoverPage = () => {
  const t = useTexts('recovery')
  const token = takenFromFragment('token')
  const [state, setState] = useState<State>(token === null ? 'incomplete' : 'open')
  if (token !== null && state === 'open') {
    return (
      <EntranceCard key="open" title={t('recover.title')} intro={t('recover.intro')}>
        <PlainFacts
          label={t('recover.facts')}
          facts={[
            t('recover.factFactors'),
            t('recover.factKeys'),
            t('recover.factSessions'),
            t('recover.factAfter'),
          ]}
        />
        <RecoverForm token={token} onEnd={setState} />
      </EntranceCard>
    )
  }
  const words = {
    done: { title: t('recover.doneTitle'), intro: t('recover.doneIntro') },
    spent: { title: t('recover.spentTitle'), intro: t('recover.spentIntro') },
    incomplete: { title: t('incompleteTitle'), intro: t('incompleteIntro') },
  }[state === 'open' ? 'incomplete' : state]
  return (
    <EntranceCard key={state} {...words} takesFocus={state !== 'incomplete'}>
      <ButtonLink href={pageAs['sign-in']}>{t('toSignIn')}</ButtonLink>
    </EntranceCard>
  )
}

const isDeadLink = (error: unknown) =>
  error instanceof Problem && error.code === 'recovery.link_invalid'

type FormProps = { readonly token: string; readonly onEnd: (state: State) => void }

const RecoverForm = ({ token, onEnd }: FormProps) => {
  const t = useTexts('recovery')
  const send = async (newPassword: string) => {
    try {
      await api.recovery.finish({ token, newPassword })
      onEnd('done')
    } catch (error) {
      if (!isDeadLink(error)) throw error
      onEnd('spent')
    }
  }
  const words = {
    label: t('recover.newPassword'),
    again: t('recover.confirmation'),
    submit: t('recover.submit'),
  }
  return <NewPasswordForm token={token} words={words} send={send} />
}
