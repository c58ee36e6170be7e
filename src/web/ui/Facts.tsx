import type { ReactNode } from 'react'
import classes from './Facts.module.css'

export type Fact = {
  readonly label: string
  readonly value: ReactNode
  /** Addresses, ids and codes. */
  readonly isCode?: boolean
}

/** A definition list. Facts without a value are left out by the caller, not shown empty. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl className={classes.facts}>
    {facts.map((fact) => (
      <div key={fact.label} className={classes.fact}>
        <dt className={classes.label}>{fact.label}</dt>
        <dd className={classes.value} data-code={fact.isCode || undefined}>
          {fact.value}
        </dd>
      </div>
    ))}
  </dl>
)
