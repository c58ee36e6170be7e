import { api, pageAs } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink } from '#web/ui/plain/ButtonLink.tsx'
import { LinkAct } from '#web/ui/plain/LinkAct.tsx'

/** From the mail that says a recovery was started: a user who did not ask for it ends it here. */
export const StopPage = () => {
  const t = useTexts('recovery')
  return (
    <LinkAct
      open={{
        title: t('stop.title'),
        intro: t('stop.intro'),
        facts: [t('stop.factLink'), t('stop.factWays'), t('stop.factAgain')],
        act: t('stop.submit'),
      }}
      done={{ title: t('stop.doneTitle'), intro: t('stop.doneIntro') }}
      spent={{ title: t('stop.spentTitle'), intro: t('stop.spentIntro') }}
      incomplete={{ title: t('incompleteTitle'), intro: t('incompleteIntro') }}
      spentCode="recovery.link_invalid"
      act={(token) => api.recovery.stopByLink({ token })}
      next={<ButtonLink href={pageAs['sign-in']}>{t('toSignIn')}</ButtonLink>}
    />
  )
}
