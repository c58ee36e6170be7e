import { Check, Copy, TriangleAlert } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { useCopy } from '#web/ui/use-copy.ts'
import classes from './Operation.module.css'

const icons = { idle: Copy, copied: Check, failed: TriangleAlert } as const

const CopyText = ({ text }: { readonly text: string }) => {
  const t = useTexts('reference')
  const { state, copy } = useCopy(text)
  const Icon = icons[state]
  const label = ({ idle: 'copy', copied: 'copied', failed: 'failed' } as const)[state]
  return (
    <button type="button" className={classes.copy} onClick={() => void copy()}>
      <Icon size={14} aria-hidden />
      <span aria-live="polite">{t(`example.${label}`)}</span>
    </button>
  )
}

type Props = {
  readonly title: string
  readonly text: string
  readonly copies?: true
}

/** Scrolls sideways by itself, and with the keyboard: a long line must not move the page. */
export const CodeBlock = ({ title, text, copies }: Props) => (
  <figure className={classes.code}>
    <figcaption>
      {title}
      {copies && <CopyText text={text} />}
    </figcaption>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1) */}
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  </figure>
)
