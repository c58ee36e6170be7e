import classes from './ChoiceField.module.css'

type Choice = { readonly value: string; readonly label: string; readonly description?: string }

type Props = {
  readonly name: string
  readonly label: string
  readonly choices: readonly Choice[]
  readonly defaultValue: string
  /** For what follows the choice elsewhere on the page; the field keeps its value by itself. */
  readonly onChoose?: (value: string) => void
}

/** A few choices that explain themselves: plain radio buttons, one per line. */
export const ChoiceField = ({ name, label, choices, defaultValue, onChoose }: Props) => (
  <fieldset className={classes.field}>
    <legend className={classes.legend}>{label}</legend>
    <div className={classes.choices}>
      {choices.map((choice) => (
        <label key={choice.value} className={classes.choice}>
          <input
            className={classes.radio}
            type="radio"
            name={name}
            value={choice.value}
            defaultChecked={choice.value === defaultValue}
            // In a dialog that begins with this question, it has the focus before any button.
            data-autofocus={choice.value === defaultValue || undefined}
            onChange={() => onChoose?.(choice.value)}
          />
          <span>
            <span className={classes.label}>{choice.label}</span>
            {choice.description && (
              <span className={classes.description}>{choice.description}</span>
            )}
          </span>
        </label>
      ))}
    </div>
  </fieldset>
)
