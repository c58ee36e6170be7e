import { Button, Slider } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import Cropper, { type Area } from 'react-easy-crop'
import 'react-easy-crop/react-easy-crop.css'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { toast } from '#web/ui/toast.tsx'
import classes from './CropDialog.module.css'
import { keepProfile } from './queries.ts'
import type { ChosenPicture } from './use-chosen-picture.ts'

const zoom = { min: 1, max: 4, step: 0.05 }
const keyboardStepPixels = 8
const whole: Area = { x: 0, y: 0, width: 100, height: 100 }

const clamp = (value: number) => Math.min(1, Math.max(0, value))

/** Percentages of the cropper as the parts of width and height the contract asks for. */
const cropOf = ({ x, y, width, height }: Area) => {
  const left = clamp(x / 100)
  const top = clamp(y / 100)
  // Rounding must not push the far edge over the border of the picture.
  return {
    left,
    top,
    width: Math.min(clamp(width / 100), 1 - left),
    height: Math.min(clamp(height / 100), 1 - top),
  }
}

/** The arrow keys work on it, so it takes the focus when the dialog opens. */
const cropperProps = (label: string) => ({
  'aria-label': label,
  role: 'group',
  'data-autofocus': true,
})

type CropProps = { readonly picture: ChosenPicture; readonly onCrop: (area: Area) => void }

const Crop = ({ picture, onCrop }: CropProps) => {
  const t = useTexts('account')
  const formatter = useFormatter()
  const labelId = useId()
  const [position, setPosition] = useState({ x: 0, y: 0 })
  const [scale, setScale] = useState(zoom.min)
  return (
    <>
      <div className={classes.stage}>
        <Cropper
          image={picture.url}
          crop={position}
          zoom={scale}
          minZoom={zoom.min}
          maxZoom={zoom.max}
          aspect={1}
          cropShape="round"
          showGrid={false}
          keyboardStep={keyboardStepPixels}
          // Its style element would need a nonce; the same rules come with the style sheet of this page.
          disableAutomaticStylesInjection
          cropperProps={cropperProps(t('crop.area'))}
          onCropChange={setPosition}
          onZoomChange={setScale}
          onCropAreaChange={onCrop}
        />
      </div>
      <p className={classes.hint}>{t('crop.hint')}</p>
      <div className={classes.zoom}>
        <span id={labelId}>{t('crop.zoom')}</span>
        <Slider
          className={classes.slider}
          min={zoom.min}
          max={zoom.max}
          step={zoom.step}
          value={scale}
          onChange={setScale}
          label={(value) => formatter.percent(value)}
          thumbProps={{ 'aria-labelledby': labelId }}
        />
      </div>
    </>
  )
}

type Props = {
  readonly picture: ChosenPicture | null
  readonly opened: boolean
  readonly onClose: () => void
}

/** The whole file is sent with the crop; the server cuts it, so nothing is compressed twice. */
export const CropDialog = ({ picture, opened, onClose }: Props) => {
  const t = useTexts('account')
  const client = useQueryClient()
  const [area, setArea] = useState<Area>(whole)
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const close = () => {
    if (isPending) return
    setProblem(null)
    onClose()
  }
  const save = async () => {
    if (!picture) return
    setIsPending(true)
    setProblem(null)
    try {
      keepProfile(client, await api.account.setPicture({ ...cropOf(area), content: picture.file }))
      toast.done(t('picture.saved'))
      onClose()
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setIsPending(false)
    }
  }

  return (
    <Dialog opened={opened} onClose={close} title={t('crop.title')} size={480}>
      {picture && <Crop key={picture.url} picture={picture} onCrop={setArea} />}
      <InlineProblem problem={problem} />
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t('crop.cancel')}
        </Button>
        <ProgressButton pending={isPending} onClick={save}>
          {t('crop.save')}
        </ProgressButton>
      </DialogActions>
    </Dialog>
  )
}
