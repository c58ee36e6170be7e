import { Button } from '@mantine/core'
import { type ComponentType, lazy, Suspense, useState } from 'react'
import { api, asProblem, type ConfirmationRequest, type Problem } from '#web/lib/client.ts'
import { useProblemText } from '#web/lib/problem-text.ts'
import { useMe } from '#web/lib/queries.ts'
import { hasText, say, useTexts } from '#web/lib/texts.ts'
import type { ConfirmationProps } from '#web/lib/ui-module.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { FieldsSkeleton } from '#web/ui/Skeletons.tsx'
import { allConfirmations, type FoundConfirmation, loadWithTexts } from '../modules.ts'
import { Part } from '../pages/Part.tsx'
import classes from './ConfirmDialog.module.css'
import { settleConfirmation, usePendingConfirmation } from './pending-confirmation.ts'

const forms: Readonly<Record<string, ComponentType<ConfirmationProps>>> = Object.fromEntries(
  allConfirmations.map((one) => [
    one.method,
    lazy(async () => ({ default: await loadWithTexts(one) })),
  ]),
)

/** Strongest first, as the server orders them; what this interface has no form for is left out. */
const usable = (methods: readonly string[]): FoundConfirmation[] =>
  methods.flatMap((method) => allConfirmations.find((one) => one.method === method) ?? [])

const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `sessions.endOthers` is named by the text `confirm.endOthers` of its module. */
const actionText = (operation: string, fallback: string): string => {
  const [module = '', key = ''] = operation.split('.')
  const namespace = kebab(module)
  return hasText(namespace, `confirm.${key}`) ? say<string>(namespace, `confirm.${key}`) : fallback
}

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

const NoWay = () => {
  const t = useTexts('app')
  return (
    <>
      <p className={classes.words}>{t('confirm.noWay')}</p>
      <DialogActions>
        <Button onClick={() => settleConfirmation(false)}>{t('dialog.close')}</Button>
      </DialogActions>
    </>
  )
}

const Conversation = ({ request }: { readonly request: ConfirmationRequest }) => {
  const t = useTexts('app')
  const { email } = useMe()
  const ways = usable(request.methods)
  const [chosen, setChosen] = useState<string | null>(null)
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const error = useProblemText(problem)
  const way = ways.find((one) => one.method === chosen) ?? ways[0]
  const Form = way ? forms[way.method] : undefined
  if (!way || !Form) return <NoWay />

  const submit = async (proof: string) => {
    if (isPending) return
    setIsPending(true)
    setProblem(null)
    try {
      await api.signIn.confirm({ method: way.method, proof })
      settleConfirmation(true)
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
      <p className={classes.words}>
        {t('confirm.waiting')}{' '}
        <strong>{actionText(request.operation, t('confirm.someAction'))}.</strong>{' '}
        {t('confirm.lasts')}
      </p>
      <Part>
        <Suspense fallback={<FieldsSkeleton count={1} />}>
          <Form
            email={email}
            pending={isPending}
            error={error}
            submit={submit}
            cancel={() => settleConfirmation(false)}
          />
        </Suspense>
      </Part>
      <OtherWays others={ways.filter((one) => one !== way)} choose={choose} />
    </>
  )
}

/** Opens above whatever waits for it; the page and its dialogs stay as they are. */
export const ConfirmDialog = () => {
  const t = useTexts('app')
  const request = usePendingConfirmation()
  return (
    <Dialog
      opened={request !== null}
      onClose={() => settleConfirmation(false)}
      title={t('confirm.title')}
      size={420}
    >
      {request && <Conversation request={request} />}
    </Dialog>
  )
}
