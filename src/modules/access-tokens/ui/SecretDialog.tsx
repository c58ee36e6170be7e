import { Button } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { type RefObject, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { Arrival } from '#web/ui/Arrival.tsx'
import { CopyButton } from '#web/ui/CopyButton.tsx'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { focusIfLost } from '#web/ui/late-focus.ts'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { SecretPanel } from '#web/ui/SecretPanel.tsx'
import type { Issued } from './queries.ts'
import classes from './SecretDialog.module.css'

/** The address of this page is one the server accepts calls at, or there would be no token to show. */
const curlLine = (token: string): string =>
  `curl -H "Authorization: Bearer ${token}" ${location.origin}/api/v1/account/me`

const TryIt = ({ token }: { readonly token: string }) => {
  const t = useTexts('access-tokens')
  const line = curlLine(token)
  return (
    <div className={classes.example}>
      <p className={classes.words}>{t('secret.example')}</p>
      <code className={classes.line} translate="no">
        {line}
      </code>
      <div>
        <CopyButton text={line} label={t('secret.copyLine')} />
      </div>
    </div>
  )
}

type Step = 'secret' | 'leaving'

type SecretProps = { readonly issued: Issued; readonly onSaved: () => void }

const Secret = ({ issued, onSaved }: SecretProps) => {
  const t = useTexts('access-tokens')
  const formatter = useFormatter()
  const { token, ignoredScopes } = issued
  return (
    <Arrival>
      <div className={classes.parts}>
        {ignoredScopes.length > 0 && (
          <Notice tone="notice">
            {t('secret.ignored', { scopes: formatter.list(ignoredScopes) })}
          </Notice>
        )}
        <SecretPanel values={[token]} label={t('secret.value')} copyLabel={t('secret.copy')}>
          {t('secret.meaning')} <strong className={classes.once}>{t('secret.once')}</strong>{' '}
          {t('secret.lost')}
        </SecretPanel>
        <TryIt token={token} />
      </div>
      <DialogActions>
        <Button onClick={onSaved}>{t('secret.saved')}</Button>
      </DialogActions>
    </Arrival>
  )
}

type LeavingProps = { readonly onBack: () => void; readonly onLeave: () => void }

const Leaving = ({ onBack, onLeave }: LeavingProps) => {
  const t = useTexts('access-tokens')
  return (
    <Arrival>
      <p className={classes.words}>{t('secret.leave.fact')}</p>
      <DialogActions>
        <Button variant="default" onClick={onLeave}>
          {t('secret.leave.action')}
        </Button>
        <Button onClick={onBack}>{t('secret.leave.back')}</Button>
      </DialogActions>
    </Arrival>
  )
}

type Props = {
  /** Just made; null while there is nothing to show. */
  readonly issued: Issued | null
  readonly onClose: () => void
  /** Takes the focus afterwards when what had it before is gone. */
  readonly heading?: RefObject<HTMLHeadingElement | null>
}

/** A token, shown this once. It closes on saying that it is saved; anything else asks first. */
export const SecretDialog = ({ issued, onClose, heading }: Props) => {
  const t = useTexts('access-tokens')
  const [step, setStep] = useState<Step>('secret')
  const isOpen = issued !== null
  useBlocker({
    disabled: !isOpen,
    enableBeforeUnload: isOpen,
    shouldBlockFn: () => {
      setStep('leaving')
      return true
    },
  })
  const end = () => {
    setStep('secret')
    onClose()
    focusIfLost(heading)
  }
  const name = issued?.accessToken.name ?? ''
  return (
    <Dialog
      opened={isOpen}
      onClose={() => (step === 'leaving' ? end() : setStep('leaving'))}
      title={step === 'leaving' ? t('secret.leave.title') : t('secret.title', { name })}
      size={560}
    >
      {issued && step === 'secret' && <Secret issued={issued} onSaved={end} />}
      {issued && step === 'leaving' && <Leaving onBack={() => setStep('secret')} onLeave={end} />}
    </Dialog>
  )
}
