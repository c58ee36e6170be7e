import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { atMost, firstOf, required } from '#web/lib/field-checks.ts'
import { type FieldErrors, type FormValues, useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import classes from './AddDialog.module.css'
import { AddParameters } from './AddParameters.tsx'
import type { TwoFactor } from './queries.ts'
import type { Adding, SetupConversation } from './use-setup.ts'

const fields = ['name', 'code'] as const
type Field = (typeof fields)[number]

const digits = (code: string) => code.replace(/\s/g, '')

const check = ({ name, code }: FormValues<Field>): FieldErrors<Field> => ({
  code: /^\d{6}$/.test(digits(code)) ? undefined : say('two-factor', 'add.codeForm'),
  name: firstOf(name, required, atMost(nameMax)),
})

const useIsOver = (expiresAt: string): boolean => {
  const [isOver, setIsOver] = useState(false)
  useEffect(() => {
    const left = Math.max(0, Date.parse(expiresAt) - Date.now())
    const timer = setTimeout(() => setIsOver(true), left)
    return () => clearTimeout(timer)
  }, [expiresAt])
  return isOver
}

type ExpiredProps = Pick<FormProps, 'adding' | 'conversation'>

const Expired = ({ adding, conversation }: ExpiredProps) => {
  const t = useTexts('two-factor')
  return (
    <>
      <div role="alert">
        <Notice tone="info">{t('add.expired')}</Notice>
      </div>
      <InlineProblem problem={conversation.problem} />
      <DialogActions>
        <Button variant="default" onClick={conversation.close}>
          {t('add.cancel')}
        </Button>
        <ProgressButton
          pending={conversation.isBeginning}
          onClick={() => void conversation.begin(adding.replaced)}
        >
          {t('add.again')}
        </ProgressButton>
      </DialogActions>
    </>
  )
}

type FormProps = {
  readonly adding: Adding
  readonly conversation: SetupConversation
  readonly state: TwoFactor
}

/** Replacing keeps the name; a new one is counted on. */
const suggestedName = ({ replaced }: Adding, state: TwoFactor): string => {
  const number = state.authenticators.length + 1
  if (replaced) return replaced.name
  return number === 1
    ? say('two-factor', 'add.defaultName')
    : say('two-factor', 'add.nextName', { number })
}

const AddForm = ({ adding, conversation, state }: FormProps) => {
  const t = useTexts('two-factor')
  const { setup, replaced } = adding
  const isOver = useIsOver(setup.expiresAt)
  const form = useForm<Field>(
    {
      fields,
      check,
      send: async ({ name, code }) => {
        await conversation.finish({ name: name.trim(), code: digits(code) })
        return undefined
      },
      besideField: { 'two-factor.code_wrong': 'code' },
      focusAfterRefusal: 'code',
    },
    (problem) =>
      problem.code === 'two-factor.code_wrong' ? t('add.codeWrong') : problemText(problem),
  )
  if (isOver || form.problem?.code === 'two-factor.not_found')
    return <Expired adding={adding} conversation={conversation} />
  return (
    <form {...form.props}>
      {replaced && <p className={classes.fact}>{t('add.replaceFact', { name: replaced.name })}</p>}
      <AddParameters setup={setup} />
      <div className={classes.fields}>
        <TextField
          {...form.field('code')}
          label={t('add.code')}
          isCode
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={10}
        />
        <TextField
          {...form.field('name')}
          label={t('add.name')}
          hint={t('add.nameHint')}
          defaultValue={suggestedName(adding, state)}
          autoComplete="off"
          maxLength={nameMax}
        />
      </div>
      {!state.isOn && <p className={classes.first}>{t('add.firstFact')}</p>}
      <InlineProblem problem={form.problem} />
      <DialogActions>
        <Button variant="default" onClick={conversation.close}>
          {t('add.cancel')}
        </Button>
        <ProgressButton type="submit" pending={form.pending}>
          {t(replaced ? 'add.replaceAction' : 'add.action')}
        </ProgressButton>
      </DialogActions>
    </form>
  )
}

type Props = { readonly conversation: SetupConversation; readonly state: TwoFactor }

/** Scan or type in, prove with a code, done. A new secret starts with an empty form. */
export const AddDialog = ({ conversation, state }: Props) => {
  const t = useTexts('two-factor')
  const { adding } = conversation
  const replaced = adding?.replaced
  return (
    <Dialog
      opened={conversation.isOpen}
      onClose={conversation.close}
      title={replaced ? t('add.replaceTitle', { name: replaced.name }) : t('add.title')}
      size={520}
    >
      {adding && (
        <AddForm
          key={adding.setup.setupId}
          adding={adding}
          conversation={conversation}
          state={state}
        />
      )}
    </Dialog>
  )
}
