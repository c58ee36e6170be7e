import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { Download, Printer } from 'lucide-react'
import { type RefObject, useState } from 'react'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Arrival } from './Arrival.tsx'
import { Dialog, DialogActions } from './Dialog.tsx'
import { focusIfLost } from './late-focus.ts'
import classes from './RecoveryCodesDialog.module.css'
import { RecoveryCodesProof } from './RecoveryCodesProof.tsx'
import { RecoveryCodesSheet } from './RecoveryCodesSheet.tsx'
import { fileNameOf, fileTextOf, useSheetWords } from './recovery-codes-text.ts'
import { SecretPanel } from './SecretPanel.tsx'
import { saveTextFile } from './save-text-file.ts'
import { toast } from './toast.tsx'

type Props = {
  /** Just issued; null while there is nothing to show. */
  readonly codes: readonly string[] | null
  readonly onClose: () => void
  /** Takes the focus afterwards when what had it before is gone. */
  readonly heading?: RefObject<HTMLHeadingElement | null>
}

type Step = 'codes' | 'proof' | 'leaving'
type StepProps = { readonly codes: readonly string[]; readonly go: (step: Step) => void }

const Codes = ({ codes, go }: StepProps) => {
  const t = useTexts('two-factor')
  const words = useSheetWords()
  const download = () => saveTextFile(fileNameOf(new Date()), fileTextOf(codes, words))
  return (
    <Arrival>
      <SecretPanel
        values={codes}
        label={t('codes.title')}
        copyLabel={t('codes.copy')}
        tools={
          <>
            <Button
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
              onClick={download}
            >
              {t('codes.download')}
            </Button>
            <Button
              variant="default"
              leftSection={<Printer size={16} aria-hidden />}
              onClick={() => window.print()}
            >
              {t('codes.print')}
            </Button>
          </>
        }
      >
        {t('codes.meaning')} <strong className={classes.once}>{t('codes.once')}</strong>
      </SecretPanel>
      <RecoveryCodesSheet codes={codes} words={words} />
      <DialogActions>
        <Button onClick={() => go('proof')}>{t('codes.saved')}</Button>
      </DialogActions>
    </Arrival>
  )
}

type LeavingProps = Pick<StepProps, 'go'> & { readonly onLeave: () => void }

const Leaving = ({ go, onLeave }: LeavingProps) => {
  const t = useTexts('two-factor')
  return (
    <Arrival>
      <p className={classes.words}>{t('codes.leave.fact')}</p>
      <DialogActions>
        <Button variant="default" onClick={onLeave}>
          {t('codes.leave.action')}
        </Button>
        <Button onClick={() => go('codes')}>{t('codes.leave.back')}</Button>
      </DialogActions>
    </Arrival>
  )
}

const titles = {
  codes: 'codes.title',
  proof: 'codes.proof.title',
  leaving: 'codes.leave.title',
} as const

/**
 * Recovery codes, shown this once. It closes when one of them was typed back, or after saying that they
 * are not shown again. Leaving the page asks the same question.
 */
export const RecoveryCodesDialog = ({ codes, onClose, heading }: Props) => {
  const t = useTexts('two-factor')
  const client = useQueryClient()
  const [step, setStep] = useState<Step>('codes')
  const isOpen = codes !== null
  useBlocker({
    disabled: !isOpen,
    enableBeforeUnload: isOpen,
    shouldBlockFn: () => {
      setStep('leaving')
      return true
    },
  })

  const end = () => {
    onClose()
    setStep('codes')
    focusIfLost(heading)
    void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
  }
  const finish = () => {
    end()
    toast.done(t('codes.proof.done'))
  }
  const close = () => (step === 'leaving' ? end() : setStep('leaving'))

  return (
    <Dialog opened={isOpen} onClose={close} title={t(titles[step])} size={540}>
      {codes && step === 'codes' && <Codes codes={codes} go={setStep} />}
      {codes && step === 'proof' && (
        <RecoveryCodesProof
          back={{ label: t('codes.proof.back'), act: () => setStep('codes') }}
          wrong={t('codes.proof.wrong')}
          onDone={finish}
        />
      )}
      {codes && step === 'leaving' && <Leaving go={setStep} onLeave={end} />}
    </Dialog>
  )
}
