import { useId } from 'react'
import classes from './StateFilter.module.css'

type Props<V extends string> = {
  /** What is filtered, for screen readers. */
  readonly label: string
  readonly choices: readonly { readonly value: V; readonly label: string }[]
  readonly value: V
  readonly onChange: (value: V) => void
}

/** Which part of a list is shown: plain radio buttons side by side. */
export const StateFilter = <V extends string>({ label, choices, value, onChange }: Props<V>) => {
  const name = useId()
  return (
    <fieldset className={classes.filter}>
      <legend className={classes.legend}>{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={classes.choice}>
          <input
            className={classes.radio}
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  )
}
