import { Button } from '@mantine/core'
import type { FormEvent } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import type { Added } from './add-passkey.ts'
import classes from './Passkeys.module.css'
import { useAdding } from './use-add-passkey.ts'

type Props = {
  readonly opened: boolean
  readonly onClose: () => void
  readonly onAdded: (added: Added) => void
}

const AddForm = ({ onClose, onAdded }: Omit<Props, 'opened'>) => {
  const t = useTexts('passkeys')
  const { add, isPending, problem, words } = useAdding((added) => {
    onClose()
    onAdded(added)
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void add(String(new FormData(event.currentTarget).get('name') ?? '').trim())
  }
  return (
    <form onSubmit={submit} noValidate>
      <p className={classes.before}>{t('add.before')}</p>
      <TextField
        name="name"
        label={t('add.name')}
        hint={t('add.nameHint')}
        autoComplete="off"
        maxLength={nameMax}
      />
      <div role="status" className={classes.outcome}>
        {words && <Notice tone="info">{words}</Notice>}
      </div>
      <InlineProblem problem={problem} />
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('add.cancel')}
        </Button>
        <ProgressButton type="submit" pending={isPending} data-autofocus>
          {t('add.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

/** Says what is about to happen before the window of the browser opens. */
export const AddDialog = ({ opened, onClose, onAdded }: Props) => {
  const t = useTexts('passkeys')
  return (
    <Dialog opened={opened} onClose={onClose} title={t('add.title')}>
      <AddForm onClose={onClose} onAdded={onAdded} />
    </Dialog>
  )
}
