import { type FormEvent, useEffect, useRef, useState } from 'react'
import { asProblem, type Problem } from './problem.ts'
import { hasText, say } from './texts.ts'

export type FieldErrors<N extends string> = { readonly [K in N]?: string | undefined }
export type FormValues<N extends string> = Readonly<Record<N, string>>

type Options<N extends string> = {
  /** In the order of the page: the focus goes to the first that is wrong. */
  readonly fields: readonly N[]
  /** What is wrong before anything is sent. */
  readonly check: (values: FormValues<N>) => FieldErrors<N>
  /** `leaving`: the page goes away, so the button keeps its progress. */
  readonly send: (values: FormValues<N>, form: FormData) => Promise<'leaving' | undefined>
  /** Refusals that belong beside a field. */
  readonly besideField?: Readonly<Record<string, N>>
  /** Focused when the page opens, where that raises no keyboard over half of the screen. */
  readonly focusAtStart?: N
  /** Where to go on after a refusal that belongs to no field. */
  readonly focusAfterRefusal?: N
}

const fieldText = (code: string, message: string) =>
  hasText('web', `fields.${code}`) ? say<string>('web', `fields.${code}`) : message

const errorsOf = <N extends string>(
  problem: Problem,
  options: Options<N>,
  text: string,
): FieldErrors<N> => {
  const field = options.besideField?.[problem.code]
  if (field) return { [field]: text } as FieldErrors<N>
  const pairs = problem.fields
    .map(({ pointer, code, message }) => [pointer.slice(1), fieldText(code, message)] as const)
    .filter(([name]) => options.fields.some((known) => known === name))
  return Object.fromEntries(pairs) as FieldErrors<N>
}

const valuesOf = <N extends string>(data: FormData, fields: readonly N[]) =>
  Object.fromEntries(fields.map((name) => [name, String(data.get(name) ?? '')])) as FormValues<N>

const focusOn = (form: HTMLFormElement | null, name: string | undefined) => {
  const element = name === undefined ? null : form?.elements.namedItem(name)
  if (element instanceof HTMLElement) element.focus()
}

/** Codes of what is wrong with one field, for a field that has words of its own for them. */
const codesAt = (problem: Problem | null, name: string): readonly string[] =>
  problem?.fields.filter(({ pointer }) => pointer === `/${name}`).map(({ code }) => code) ?? []

type State<N extends string> = {
  readonly errors: FieldErrors<N>
  /** The refusal the errors came from; none when nothing was sent. */
  readonly refused: Problem | null
  readonly problem: Problem | null
  readonly pending: boolean
  /** Counts refusals: each one moves the focus once. */
  readonly refusals: number
}

const quiet = { errors: {}, refused: null, problem: null } as const

/**
 * A form whose fields keep their own values: they are read when it is sent, so that what a password
 * manager filled in counts even if it fired no event.
 */
export const useForm = <N extends string>(
  options: Options<N>,
  wording: (problem: Problem) => string,
) => {
  const form = useRef<HTMLFormElement>(null)
  const isSending = useRef(false)
  const [state, setState] = useState<State<N>>({ ...quiet, pending: false, refusals: 0 })

  const refuse = (said: Omit<State<N>, 'pending' | 'refusals'>) =>
    setState(({ refusals }) => ({ ...said, pending: false, refusals: refusals + 1 }))

  const send = async (data: FormData) => {
    const values = valuesOf(data, options.fields)
    const errors = options.check(values)
    if (Object.values(errors).some(Boolean)) return refuse({ ...quiet, errors })
    isSending.current = true
    setState((before) => ({ ...before, ...quiet, pending: true }))
    try {
      const outcome = await options.send(values, data)
      if (outcome === 'leaving') return
      setState((before) => ({ ...before, pending: false }))
    } catch (error) {
      const problem = asProblem(error)
      const errors = errorsOf(problem, options, wording(problem))
      const isBeside = Object.keys(errors).length > 0
      refuse({ errors, refused: problem, problem: isBeside ? null : problem })
    }
    isSending.current = false
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves once per refusal, not whenever an error is cleared.
  useEffect(() => {
    if (state.refusals === 0) return
    focusOn(
      form.current,
      options.fields.find((name) => state.errors[name]) ?? options.focusAfterRefusal,
    )
  }, [state.refusals])

  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the page opens.
  useEffect(() => {
    if (options.focusAtStart && matchMedia('(pointer: fine)').matches)
      focusOn(form.current, options.focusAtStart)
  }, [])

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!isSending.current) void send(new FormData(event.currentTarget))
  }
  /** An error has been read once the field changes. */
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    const { name } = event.target as HTMLInputElement
    setState((before) =>
      name in before.errors
        ? { ...before, errors: { ...before.errors, [name]: undefined } }
        : before,
    )
  }

  return {
    props: { ref: form, onSubmit, onInput, noValidate: true, method: 'post' } as const,
    field: (name: N) => ({ name, error: state.errors[name] }),
    /** Of the refusal that stands beside this field; none once the field changed. */
    faults: (name: N) => (state.errors[name] ? codesAt(state.refused, name) : []),
    pending: state.pending,
    problem: state.problem,
    /** Nothing is wrong and nothing under way: the outcome of the last time may be shown. */
    isQuiet: !state.pending && !state.problem && !Object.values(state.errors).some(Boolean),
  }
}
