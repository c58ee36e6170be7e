import { Button, type ButtonProps, VisuallyHidden } from '@mantine/core'
import { Check, Copy, TriangleAlert } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { useCopy } from './use-copy.ts'

const icons = { idle: Copy, copied: Check, failed: TriangleAlert } as const

type Props = Pick<ButtonProps, 'size' | 'variant'> & {
  readonly text: string
  /** What is copied, where the word "Copy" alone would not tell. */
  readonly label?: string
}

/** Copies a text and keeps saying so. */
export const CopyButton = ({ text, label, size = 'sm', variant = 'default' }: Props) => {
  const t = useTexts('app')
  const { state, copy } = useCopy(text)
  const Icon = icons[state]
  return (
    <>
      <Button
        variant={variant}
        size={size}
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => void copy()}
      >
        {state === 'idle' ? (label ?? t('copy.copy')) : t(`copy.${state}`)}
      </Button>
      <VisuallyHidden role="status">{state !== 'idle' && t(`copy.${state}Said`)}</VisuallyHidden>
    </>
  )
}
