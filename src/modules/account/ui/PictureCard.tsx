import { Button, VisuallyHidden } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { CircleAlert, Upload } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { PersonPicture } from '#web/ui/PersonPicture.tsx'
import { Section } from '#web/ui/Section.tsx'
import { toast } from '#web/ui/toast.tsx'
import { useDrop } from '#web/ui/use-drop.ts'
import { CropDialog } from './CropDialog.tsx'
import classes from './PictureCard.module.css'
import { pictureBytesMax, pictureTypes } from './picture-file.ts'
import { keepProfile, type Profile } from './queries.ts'
import { useChosenPicture } from './use-chosen-picture.ts'

const RemoveDialog = ({
  opened,
  onClose,
}: {
  readonly opened: boolean
  readonly onClose: () => void
}) => {
  const t = useTexts('account')
  const client = useQueryClient()
  const remove = async () => {
    await api.account.removePicture({})
    keepProfile(client, { pictureUrl: null })
    toast.done(t('picture.removed'))
  }
  return (
    <ConsequenceDialog
      opened={opened}
      onClose={onClose}
      title={t('remove.title')}
      action={t('remove.action')}
      isDestructive
      run={remove}
    >
      <p className={classes.fact}>{t('remove.fact')}</p>
    </ConsequenceDialog>
  )
}

/** Choose or drop a file, crop it, save it; or go back to initials. */
export const PictureCard = ({ profile }: { readonly profile: Profile }) => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const input = useRef<HTMLInputElement>(null)
  const chooseButton = useRef<HTMLButtonElement>(null)
  const faultId = useId()
  const [isRemoving, setIsRemoving] = useState(false)
  const chosen = useChosenPicture()
  const drop = useDrop(chosen.take)
  const size = formatter.fileSize(pictureBytesMax)

  // A refused file leads to choosing another one, wherever the focus was when it was dropped.
  useEffect(() => {
    if (chosen.fault) chooseButton.current?.focus()
  }, [chosen.fault])

  const stopRemoving = () => {
    setIsRemoving(false)
    chooseButton.current?.focus()
  }

  return (
    <Section title={t('picture.title')} explanation={t('picture.explanation')}>
      <div className={classes.zone} data-over={drop.isOver || undefined} {...drop.handlers}>
        <PersonPicture name={profile.name} url={profile.pictureUrl} size={72} />
        <div className={classes.words}>
          <div className={classes.buttons}>
            <Button
              ref={chooseButton}
              variant="default"
              aria-describedby={chosen.fault ? faultId : undefined}
              leftSection={<Upload size={16} aria-hidden />}
              onClick={() => input.current?.click()}
            >
              {t(profile.pictureUrl ? 'picture.replace' : 'picture.choose')}
            </Button>
            {profile.pictureUrl && (
              <Button variant="subtle" color="gray" onClick={() => setIsRemoving(true)}>
                {t('picture.remove')}
              </Button>
            )}
          </div>
          <p className={classes.rules}>
            {drop.isOver ? t('picture.drop') : t('picture.rules', { size })}
          </p>
          <p className={classes.fault} role="alert" id={faultId}>
            {chosen.fault && (
              <>
                <CircleAlert size={14} aria-hidden />
                {t(`picture.${chosen.fault.reason}`, {
                  size: formatter.fileSize(chosen.fault.bytes),
                  max: size,
                })}
              </>
            )}
          </p>
        </div>
        <VisuallyHidden>
          <input
            ref={input}
            type="file"
            tabIndex={-1}
            aria-label={t('picture.choose')}
            accept={pictureTypes.join(',')}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0]
              // The same file may be chosen again after a cancelled crop.
              event.currentTarget.value = ''
              if (file) chosen.take(file)
            }}
          />
        </VisuallyHidden>
      </div>
      <CropDialog picture={chosen.picture} opened={chosen.isOpen} onClose={chosen.close} />
      <RemoveDialog opened={isRemoving} onClose={stopRemoving} />
    </Section>
  )
}
