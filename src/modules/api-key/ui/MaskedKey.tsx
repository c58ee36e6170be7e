import { VisuallyHidden } from '@mantine/core'
import { Check, Copy, Eye } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import classes from './ApiKey.module.css'
import type { useReveal } from './use-reveal.ts'

type Props = { readonly lastFour: string; readonly reveal: ReturnType<typeof useReveal> }

export const MaskedKey = ({ lastFour, reveal }: Props) => {
  const t = useTexts('api-key')
  const { ask, pending, isCopied } = reveal
  const Icon = isCopied ? Check : Copy
  return (
    <div className={classes.masked}>
      <p className={classes.value} translate="no">
        <span aria-hidden>cfk_••••••••{lastFour}</span>
        <VisuallyHidden component="span">{t('key.masked', { lastFour })}</VisuallyHidden>
      </p>
      <div className={classes.tools}>
        <ProgressButton
          variant="default"
          size="sm"
          pending={pending === 'copy'}
          leftSection={<Icon size={16} aria-hidden />}
          onClick={() => void ask('copy')}
        >
          {t(isCopied ? 'key.copied' : 'key.copy')}
        </ProgressButton>
        <ProgressButton
          variant="default"
          size="sm"
          pending={pending === 'show'}
          leftSection={<Eye size={16} aria-hidden />}
          onClick={() => void ask('show')}
        >
          {t('key.show')}
        </ProgressButton>
      </div>
      <VisuallyHidden role="status">{isCopied && t('key.copiedSaid')}</VisuallyHidden>
    </div>
  )
}
