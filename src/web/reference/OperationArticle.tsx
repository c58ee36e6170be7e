import { memo } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { curlOf } from './curl.ts'
import type { Content, Operation, Reference, Refusal } from './document.ts'
import { FieldList } from './FieldList.tsx'
import { type Field, fieldsOf } from './fields.ts'
import { Method } from './Method.tsx'
import classes from './Operation.module.css'
import { WhoMay } from './WhoMay.tsx'

const Refusals = ({ refusals }: { readonly refusals: readonly Refusal[] }) => {
  const t = useTexts('reference')
  return (
    <details className={classes.refusals}>
      <summary>{t('refusals', { count: refusals.length })}</summary>
      <dl>
        {refusals.map(({ code, status, title, help }) => (
          <div key={code}>
            <dt>
              <span className="tabular">{status}</span> <code>{code}</code>
            </dt>
            <dd>
              <strong>{title}</strong> {help}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

const Body = ({ content }: { readonly content: Content }) => {
  const t = useTexts('reference')
  const json = content['application/json']
  if (!json) return <p>{t('input.file', { types: Object.keys(content).join(', ') })}</p>
  return <FieldList title={t('input.body')} fields={fieldsOf(json.schema)} asksFor />
}

const Answer = ({ content }: { readonly content: Content }) => {
  const t = useTexts('reference')
  const json = content['application/json']
  const stream = content['text/event-stream']
  if (json)
    return <CodeBlock title={t('example.answer')} text={JSON.stringify(json.example, null, 2)} />
  if (stream) return <p>{t('example.stream')}</p>
  return <p>{t('example.file', { types: Object.keys(content).join(', ') })}</p>
}

const answerFields = ({ answer }: Operation): readonly Field[] => {
  const media = answer['application/json'] ?? answer['text/event-stream']
  return media ? fieldsOf(media.schema) : []
}

type Props = { readonly operation: Operation; readonly reference: Reference }

export const OperationArticle = memo(({ operation, reference }: Props) => {
  const t = useTexts('reference')
  const { id, method, path, summary, parameters, body, answer, refusals } = operation
  return (
    <article className={classes.operation} id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <div className={classes.told}>
        <h3 id={`${id}-title`}>
          <a href={`#${id}`} aria-label={t('link', { name: summary })}>
            {summary}
          </a>
        </h3>
        <p className={classes.line}>
          <Method name={method} />
          <code>{path}</code>
        </p>
        <p className={classes.id}>
          <code>{id}</code>
        </p>
        <WhoMay operation={operation} />
        <FieldList
          title={t('input.parameters')}
          fields={parameters.map(({ name, required, schema, description = '' }) => ({
            name,
            isRequired: required ?? false,
            schema: { description, ...schema },
          }))}
          asksFor
        />
        {body && <Body content={body} />}
        <FieldList title={t('example.fields')} fields={answerFields(operation)} />
        <Refusals refusals={refusals} />
      </div>
      <div className={classes.shown}>
        <CodeBlock title={t('example.request')} text={curlOf(operation, reference)} copies />
        <Answer content={answer} />
      </div>
    </article>
  )
})
