import { useQueryClient } from '@tanstack/react-query'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Dialog } from './Dialog.tsx'
import { RecoveryCodesProof } from './RecoveryCodesProof.tsx'
import { toast } from './toast.tsx'

type Props = { readonly opened: boolean; readonly onClose: () => void }

/** Asks again for codes that were never confirmed as saved: they are out of sight, but one can be typed back. */
export const RecoveryCodesCheck = ({ opened, onClose }: Props) => {
  const t = useTexts('two-factor')
  const client = useQueryClient()
  const finish = () => {
    onClose()
    toast.done(t('codes.proof.done'))
    void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={t('codes.proof.title')} size={540}>
      <RecoveryCodesProof
        back={{ label: t('codes.check.cancel'), act: onClose }}
        advice={t('codes.check.lost')}
        wrong={t('codes.check.wrong')}
        onDone={finish}
      />
    </Dialog>
  )
}
