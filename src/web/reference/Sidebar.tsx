import { useEffect, useId, useRef } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import type { Operation, Reference } from './document.ts'
import { Method } from './Method.tsx'
import classes from './Reference.module.css'

/** `/` goes to the field from anywhere on the page, as in other references. */
const useSlash = () => {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return field
}

type Props = {
  readonly reference: Reference
  readonly shown: readonly Operation[]
  readonly typed: string
  readonly onType: (typed: string) => void
}

const Links = ({ reference, shown }: Pick<Props, 'reference' | 'shown'>) =>
  reference.groups.map(({ name }) => {
    const own = shown.filter((operation) => operation.group === name)
    if (own.length === 0) return null
    return (
      <section key={name}>
        <h2>{name}</h2>
        <ul>
          {own.map(({ id, method, summary }) => (
            <li key={id}>
              <a href={`#${id}`}>
                <Method name={method} />
                <span>{summary}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    )
  })

export const Sidebar = ({ reference, shown, typed, onType }: Props) => {
  const t = useTexts('reference')
  const id = useId()
  const field = useSlash()
  return (
    <div className={classes.sidebar}>
      <search className={classes.search}>
        <label htmlFor={id}>{t('search')}</label>
        <input
          ref={field}
          id={id}
          type="search"
          value={typed}
          placeholder={t('searchHint')}
          autoComplete="off"
          spellCheck={false}
          aria-keyshortcuts="/"
          onChange={(event) => onType(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && onType('')}
        />
        <p role="status">{t('found', { count: shown.length })}</p>
      </search>
      <nav aria-label={t('operations')}>
        <Links reference={reference} shown={shown} />
      </nav>
    </div>
  )
}
