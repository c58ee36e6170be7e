import { useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { type RefObject, useEffect, useId, useState } from 'react'
import { api } from '#web/lib/client.ts'
import { type FormValues, useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { useUnsavedForm } from '#web/lib/unsaved.ts'
import { ConsequenceDialog } from '#web/ui/ConsequenceDialog.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { Section } from '#web/ui/Section.tsx'
import classes from './Cards.module.css'
import { keepProfile, type Profile } from './queries.ts'

type Field = 'username'

/** The same bounds as the contract; nothing at all gives the name up. */
const check = ({ username }: FormValues<Field>) => ({
  username: /^([a-z][a-z0-9_-]{1,31})?$/.test(username.trim())
    ? undefined
    : say('account', 'username.wrong'),
})

const Saved = () => {
  const t = useTexts('account')
  return (
    <span className={classes.saved}>
      <Check size={16} aria-hidden />
      {t('details.saved')}
    </span>
  )
}

type Change = { readonly to: string; readonly isOpen: boolean }

/** What the change of a name that is in use leads to, before it happens. */
const ChangeDialog = (props: {
  readonly from: string
  readonly change: Change
  readonly onClose: () => void
  readonly run: () => Promise<void>
}) => {
  const t = useTexts('account')
  const { from, change, onClose, run } = props
  return (
    <ConsequenceDialog
      opened={change.isOpen}
      onClose={onClose}
      title={t(change.to ? 'username.changeTitle' : 'username.dropTitle')}
      action={t(change.to ? 'username.change' : 'username.drop')}
      isDestructive={change.to === ''}
      run={run}
    >
      <ul className={classes.facts}>
        <li>{t('username.factOld', { name: from })}</li>
        {change.to && <li>{t('username.factNew', { name: change.to })}</li>}
        <li>{t('username.factKept', { name: from })}</li>
      </ul>
    </ConsequenceDialog>
  )
}

/** Pages that need a username lead straight to it. */
const useLinkedField = (form: RefObject<HTMLFormElement | null>) => {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the card appears.
  useEffect(() => {
    if (location.hash !== '#username') return
    const field = form.current?.elements.namedItem('username')
    if (field instanceof HTMLElement) field.focus()
    form.current?.scrollIntoView({ block: 'center' })
  }, [])
}

export const UsernameCard = ({ profile }: { readonly profile: Pick<Profile, 'username'> }) => {
  const t = useTexts('account')
  const client = useQueryClient()
  const formId = useId()
  const [isSaved, setIsSaved] = useState(false)
  const [change, setChange] = useState<Change>({ to: '', isOpen: false })
  const present = profile.username ?? ''

  const save = async (wanted: string) => {
    keepProfile(client, await api.account.chooseUsername({ username: wanted || null }))
    // Pages of other modules show addresses with the name in them.
    void client.invalidateQueries()
    setIsSaved(true)
  }
  const form = useForm<Field>(
    {
      fields: ['username'],
      check,
      send: async ({ username }) => {
        const wanted = username.trim()
        if (wanted === present) return undefined
        if (present === '') await save(wanted)
        else setChange({ to: wanted, isOpen: true })
        return undefined
      },
      besideField: {
        'account.username_taken': 'username',
        'account.username_reserved': 'username',
        'account.usernames_used_up': 'username',
      },
    },
    problemText,
  )
  useLinkedField(form.props.ref)
  useUnsavedForm(form.props.ref)
  return (
    <Section
      title={t('username.title')}
      explanation={t('username.explanation')}
      outcome={isSaved && <Saved />}
      actions={
        <ProgressButton type="submit" form={formId} pending={form.pending}>
          {t('username.save')}
        </ProgressButton>
      }
    >
      <form
        {...form.props}
        id={formId}
        onInput={(event) => {
          form.props.onInput(event)
          setIsSaved(false)
        }}
      >
        <div className={classes.grid}>
          <TextField
            {...form.field('username')}
            label={t('username.label')}
            hint={t('username.hint')}
            defaultValue={present}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={32}
            isCode
          />
        </div>
        <InlineProblem problem={form.problem} />
      </form>
      <ChangeDialog
        from={present}
        change={change}
        onClose={() => setChange({ ...change, isOpen: false })}
        run={() => save(change.to)}
      />
    </Section>
  )
}
