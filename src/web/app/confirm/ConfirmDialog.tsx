import type { ConfirmationRequest } from '#web/lib/client.ts'
import { hasText, say, useTexts } from '#web/lib/texts.ts'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Confirmation } from './Confirmation.tsx'
import { settleConfirmation, usePendingConfirmation } from './pending-confirmation.ts'

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `sessions.endOthers` is named by the text `confirm.endOthers` of its module. */
const actionText = (operation: string, fallback: string): string => {
  const [module = '', key = ''] = operation.split('.')
  const namespace = kebab(module)
  return hasText(namespace, `confirm.${key}`) ? say<string>(namespace, `confirm.${key}`) : fallback
}

const Conversation = ({ operation, methods }: ConfirmationRequest) => {
  const t = useTexts('app')
  return (
    <Confirmation
      methods={methods}
      words={
        <>
          {t('confirm.waiting')} <strong>{actionText(operation, t('confirm.someAction'))}.</strong>{' '}
          {t('confirm.lasts')}
        </>
      }
      onConfirmed={() => settleConfirmation(true)}
      onCancel={() => settleConfirmation(false)}
    />
  )
}

/** Opens above what waits for it; the page and its dialogs stay as they are. */
export const ConfirmDialog = () => {
  const t = useTexts('app')
  const request = usePendingConfirmation()
  return (
    <Dialog
      opened={request !== null}
      onClose={() => settleConfirmation(false)}
      title={t('confirm.title')}
      size={420}
    >
      {request && <Conversation {...request} />}
    </Dialog>
  )
}
