import { createPortal } from 'react-dom'
import classes from './RecoveryCodesSheet.module.css'
import type { SheetWords } from './recovery-codes-text.ts'

type Props = { readonly codes: readonly string[]; readonly words: SheetWords }

/** What the printer gets instead of the page: the codes, what they open and for whom, and since when. */
export const RecoveryCodesSheet = ({ codes, words }: Props) =>
  createPortal(
    <div className={classes.sheet} aria-hidden>
      <h1 className={classes.title}>{words.title}</h1>
      <p>
        {words.site}
        <br />
        {words.account}
        <br />
        {words.created}
      </p>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <p>{words.rule}</p>
    </div>,
    document.body,
  )
