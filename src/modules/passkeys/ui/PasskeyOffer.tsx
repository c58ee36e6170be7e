import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { RecoveryCodesDialog } from '#web/ui/RecoveryCodesDialog.tsx'
import type { Added } from './add-passkey.ts'
import classes from './PasskeyOffer.module.css'
import { useAdding } from './use-add-passkey.ts'
import { useOffer } from './use-offer.ts'

type BannerProps = {
  readonly title: string
  readonly words: string
  readonly outcome?: ReactNode
  readonly children: ReactNode
}

const Banner = ({ title, words, outcome, children }: BannerProps) => {
  const t = useTexts('passkeys')
  return (
    <aside className={classes.banner} aria-label={t('offer.region')}>
      <span className={classes.icon} aria-hidden>
        <KeyRound size={18} strokeWidth={1.75} />
      </span>
      <div className={classes.words}>
        <p className={classes.title}>{title}</p>
        <p className={classes.text}>{words}</p>
        {outcome}
      </div>
      <div className={classes.actions}>{children}</div>
    </aside>
  )
}

type OfferedProps = {
  readonly onAdded: (added: Added) => void
  readonly onDismiss: () => void
}

const Offered = ({ onAdded, onDismiss }: OfferedProps) => {
  const t = useTexts('passkeys')
  const { add, isPending, problem, words } = useAdding(onAdded)
  return (
    <Banner
      title={t('offer.title')}
      words={t('offer.words')}
      outcome={
        <>
          <div role="status" className={classes.outcome}>
            {words}
          </div>
          <InlineProblem problem={problem} />
        </>
      }
    >
      <Button variant="default" onClick={onDismiss}>
        {t('offer.dismiss')}
      </Button>
      <ProgressButton pending={isPending} onClick={() => void add()}>
        {t('offer.action')}
      </ProgressButton>
    </Banner>
  )
}

type MadeProps = {
  readonly added: Added
  readonly onCodes: () => void
  readonly onClose: () => void
}

/** The password manager added one by itself: said plainly, because the user did not ask for it. */
const Made = ({ added, onCodes, onClose }: MadeProps) => {
  const t = useTexts('passkeys')
  return (
    <Banner
      title={t('offer.addedTitle')}
      words={t('offer.addedWords', { name: added.passkey.name })}
    >
      {added.recoveryCodes ? (
        <Button onClick={onCodes}>{t('offer.codes')}</Button>
      ) : (
        <>
          <Button variant="default" onClick={onClose}>
            {t('offer.close')}
          </Button>
          <Button component={Link} to={pages.passkeys.list}>
            {t('offer.see')}
          </Button>
        </>
      )}
    </Banner>
  )
}

/** After a sign-in with the password: a passkey, suggested until it is declined once, in any browser. */
export const PasskeyOffer = () => {
  const { offer, close, dismiss } = useOffer()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const finish = (added: Added) => {
    close()
    setCodes(added.recoveryCodes)
  }
  return (
    <>
      {offer.kind === 'offered' && <Offered onAdded={finish} onDismiss={dismiss} />}
      {offer.kind === 'added' && (
        <Made added={offer.added} onClose={close} onCodes={() => finish(offer.added)} />
      )}
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />
    </>
  )
}
