import classes from './PlainFacts.module.css'

type Props = { readonly facts: readonly string[]; readonly label?: string }

/** What an act does, one thing per line. */
export const PlainFacts = ({ facts, label }: Props) => (
  <ul className={classes.facts} aria-label={label}>
    {facts.map((fact) => (
      <li key={fact}>{fact}</li>
    ))}
  </ul>
)
