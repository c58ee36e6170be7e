import { useTexts } from '#web/lib/texts.ts'
import { type Field, meaningOf, typeText } from './fields.ts'
import classes from './Operation.module.css'
import { marked } from './Prose.tsx'

type Props = {
  readonly title: string
  readonly fields: readonly Field[]
  /** For what comes back, "required" says nothing. */
  readonly asksFor?: true
}

/** A list and no table: on a phone its columns would stand one below the other anyway. */
export const FieldList = ({ title, fields, asksFor }: Props) => {
  const t = useTexts('reference')
  if (fields.length === 0) return null
  return (
    <section className={classes.fields}>
      <h4>{title}</h4>
      <dl>
        {fields.map(({ name, isRequired, schema }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
              {asksFor && (
                <span className={isRequired ? classes.required : classes.optional}>
                  {t(isRequired ? 'input.required' : 'input.optional')}
                </span>
              )}
            </dt>
            <dd>
              <span className={classes.type}>{typeText(schema, t)}</span>{' '}
              {marked(meaningOf(schema, t))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
