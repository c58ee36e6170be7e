import { Button } from '@mantine/core'
import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { useProblemText } from '#web/lib/problem-text.ts'
import { useMe } from '#web/lib/queries.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import type { ConfirmationProps } from '#web/lib/ui-module.ts'
import { DialogActions } from '#web/ui/Dialog.tsx'
import { FieldsSkeleton } from '#web/ui/Skeletons.tsx'
import { allConfirmations, type FoundConfirmation, loadWithTexts } from '../modules.ts'
import { Part } from '../pages/Part.tsx'
import classes from './Confirmation.module.css'

const forms: Readonly<Record<string, ComponentType<ConfirmationProps>>> = Object.fromEntries(
  allConfirmations.map((one) => [
    one.method,
    lazy(async () => ({ default: await loadWithTexts(one) })),
  ]),
)

/** Strongest first, as the server orders them; what this interface has no form for is left out. */
const usable = (methods: readonly string[]): FoundConfirmation[] =>
  methods.flatMap((method) => allConfirmations.find((one) => one.method === method) ?? [])

type SwitchProps = {
  readonly others: readonly FoundConfirmation[]
  readonly choose: (method: string) => void
}

const OtherWays = ({ others, choose }: SwitchProps) => {
  const t = useTexts('app')
  if (others.length === 0) return null
  return (
    <div className={classes.others}>
      <span>{t('confirm.otherWays')}</span>
      {others.map((other) => (
        <Button
          key={other.method}
          variant="subtle"
          size="compact-sm"
          onClick={() => choose(other.method)}
        >
          {say<string>(other.module, other.titleKey)}
        </Button>
      ))}
    </div>
  )
}

const NoWay = ({ onCancel }: { readonly onCancel: () => void }) => {
  const t = useTexts('app')
  return (
    <>
      <p className={classes.words}>{t('confirm.noWay')}</p>
      <DialogActions>
        <Button onClick={onCancel}>{t('dialog.close')}</Button>
      </DialogActions>
    </>
  )
}

type Props = {
  /** Ways the server would accept, strongest first. */
  readonly methods: readonly string[]
  /** What waits for it, and how long it lasts. */
  readonly words: ReactNode
  readonly onConfirmed: () => void
  readonly onCancel: () => void
}

/** The proof that it is you, with whatever the person has: in the dialog, and on a page of its own. */
export const Confirmation = ({ methods, words, onConfirmed, onCancel }: Props) => {
  const { email } = useMe()
  const ways = usable(methods)
  const [chosen, setChosen] = useState<string | null>(null)
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const error = useProblemText(problem)
  const way = ways.find((one) => one.method === chosen) ?? ways[0]
  const Form = way ? forms[way.method] : undefined
  if (!way || !Form) return <NoWay onCancel={onCancel} />

  const submit = async (proof: string) => {
    if (isPending) return
    setIsPending(true)
    setProblem(null)
    try {
      await api.signIn.confirm({ method: way.method, proof })
      onConfirmed()
    } catch (refused) {
      setProblem(asProblem(refused))
    } finally {
      setIsPending(false)
    }
  }

  const choose = (method: string) => {
    setProblem(null)
    setChosen(method)
  }

  return (
    <>
      <p className={classes.words}>{words}</p>
      <Part>
        <Suspense fallback={<FieldsSkeleton count={1} />}>
          <Form email={email} pending={isPending} error={error} submit={submit} cancel={onCancel} />
        </Suspense>
      </Part>
      <OtherWays others={ways.filter((one) => one !== way)} choose={choose} />
    </>
  )
}
