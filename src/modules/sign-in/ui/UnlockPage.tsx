import { api, pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink } from '#web/ui/plain/ButtonLink.tsx'
import { LinkAct } from '#web/ui/plain/LinkAct.tsx'

/** From the mail about wrong guesses: the owner of the account does not have to wait for those of an attacker. */
export const UnlockPage = () => {
  const t = useTexts('sign-in')
  return (
    <LinkAct
      open={{
        title: t('unlock.title'),
        intro: t('unlock.intro'),
        facts: [t('unlock.factGuesses'), t('unlock.factPassword'), t('unlock.factOnce')],
        act: t('unlock.submit'),
      }}
      done={{ title: t('unlock.doneTitle'), intro: t('unlock.doneIntro') }}
      spent={{ title: t('unlock.spentTitle'), intro: t('unlock.spentIntro') }}
      incomplete={{ title: t('unlock.incompleteTitle'), intro: t('unlock.incompleteIntro') }}
      spentCode="sign-in.link_invalid"
      act={(token) => api.signIn.liftLock({ token })}
      next={<ButtonLink href={pages.signIn.signIn}>{t('toSignIn')}</ButtonLink>}
    />
  )
}
