import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { BrandMark } from '#web/ui/BrandMark.tsx'
import { ThemeSwitch } from '../entrance/ThemeSwitch.tsx'
import {
  findOperations,
  type OpenApi,
  type Operation,
  type Reference,
  readReference,
} from './document.ts'
import { OperationArticle } from './OperationArticle.tsx'
import { Prose } from './Prose.tsx'
import classes from './Reference.module.css'
import { Sidebar } from './Sidebar.tsx'

const source = '/api/openapi.json'

const load = async (): Promise<Reference> => {
  const response = await fetch(source)
  if (!response.ok) throw new Error(`${response.status}`)
  return readReference((await response.json()) as OpenApi)
}

/** The address may name an operation that is only there now; on a reload the browser would go back to the top. */
const showNamed = () => {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!named) return
  history.scrollRestoration = 'manual'
  named.focus({ preventScroll: true })
  named.scrollIntoView()
  // The faces change the height of everything above it.
  void document.fonts.ready.then(() => named.scrollIntoView())
}

const useReference = () => {
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<Reference | 'loading' | 'failed'>('loading')
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is asked for by its number
  useEffect(() => {
    let isOver = false
    setState('loading')
    load().then(
      (loaded) => isOver || setState(loaded),
      () => isOver || setState('failed'),
    )
    return () => {
      isOver = true
    }
  }, [attempt])
  useEffect(() => {
    if (typeof state === 'object') showNamed()
  }, [state])
  return { state, retry: () => setAttempt((count) => count + 1) }
}

type ShownProps = { readonly reference: Reference; readonly shown: readonly Operation[] }

const Groups = ({ reference, shown }: ShownProps) =>
  reference.groups.map(({ name, about }) => {
    const own = shown.filter((operation) => operation.group === name)
    if (own.length === 0) return null
    return (
      <section key={name} className={classes.group} aria-labelledby={`group-${name}`}>
        <h2 id={`group-${name}`}>{name}</h2>
        <p>{about}.</p>
        {own.map((operation) => (
          <OperationArticle key={operation.id} operation={operation} reference={reference} />
        ))}
      </section>
    )
  })

const Contents = ({ reference }: { readonly reference: Reference }) => {
  const t = useTexts('reference')
  const [typed, setTyped] = useState('')
  const wanted = useDeferredValue(typed)
  const shown = useMemo(() => findOperations(reference.operations, wanted), [reference, wanted])
  return (
    <div className={classes.columns}>
      <Sidebar reference={reference} shown={shown} typed={typed} onType={setTyped} />
      <main className={classes.main}>
        {wanted.trim() === '' && (
          <section className={classes.about} aria-label={t('top')}>
            <Prose text={reference.about} />
            <p>
              <a href={source}>{t('document')}</a>
            </p>
          </section>
        )}
        {shown.length === 0 && (
          <div className={classes.empty}>
            <p>{t('none', { words: wanted.trim() })}</p>
            <button type="button" className={classes.button} onClick={() => setTyped('')}>
              {t('showAll')}
            </button>
          </div>
        )}
        <Groups reference={reference} shown={shown} />
      </main>
    </div>
  )
}

const Waiting = ({
  hasFailed,
  onRetry,
}: {
  readonly hasFailed: boolean
  readonly onRetry: () => void
}) => {
  const t = useTexts('reference')
  return (
    <main className={classes.empty}>
      <p role="status">{t(hasFailed ? 'unreachable' : 'loading')}</p>
      {hasFailed && (
        <button type="button" className={classes.button} onClick={onRetry}>
          {t('retry')}
        </button>
      )}
    </main>
  )
}

export const ReferencePage = () => {
  const t = useTexts('reference')
  const product = useTexts('web')('product')
  const { state, retry } = useReference()
  return (
    <>
      <header className={classes.head}>
        <a href="/" aria-label={t('home', { product })} className={classes.home}>
          <BrandMark size={28} />
        </a>
        <h1>{t('title')}</h1>
        <ThemeSwitch />
      </header>
      {typeof state === 'object' ? (
        <Contents reference={state} />
      ) : (
        <Waiting hasFailed={state === 'failed'} onRetry={retry} />
      )}
    </>
  )
}
