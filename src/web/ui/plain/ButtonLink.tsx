import type { ReactNode } from 'react'
import { followLink } from '#web/lib/navigate.ts'
import classes from './Button.module.css'

type Props = { readonly href: string; readonly children: ReactNode }

/** Another page of the entrance, as the main thing to do. */
export const ButtonLink = ({ href, children }: Props) => (
  <a className={classes.button} href={href} onClick={followLink}>
    {children}
  </a>
)

/** Another page of the entrance, in a line of text. */
export const TextLink = ({ href, children }: Props) => (
  <a href={href} onClick={followLink}>
    {children}
  </a>
)
