import { Fragment, type ReactNode } from 'react'

/** The two marks our descriptions use. Elements are made, never parsed: the policy allows nothing else. */
export const marked = (text: string): ReactNode[] =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, index) => {
    // Parts of one fixed text never change places.
    const key = `${index}`
    if (part.startsWith('`')) return <code key={key}>{part.slice(1, -1)}</code>
    if (part.startsWith('**')) return <strong key={key}>{part.slice(2, -2)}</strong>
    return <Fragment key={key}>{part}</Fragment>
  })

export const Prose = ({ text }: { readonly text: string }) =>
  text.split(/\n\n+/).map((paragraph) => <p key={paragraph}>{marked(paragraph)}</p>)
