import { useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { api } from '#web/lib/client.ts'
import { atMost, firstOf, required } from '#web/lib/field-checks.ts'
import { type FormValues, useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { useUnsavedWork } from '#web/lib/unsaved.ts'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { Section } from '#web/ui/Section.tsx'
import classes from './Cards.module.css'
import { keepProfile, type Profile } from './queries.ts'

const fields = ['name', 'jobTitle', 'website', 'phone'] as const
type Field = (typeof fields)[number]

/** The same bounds as the contract, so that a slip is said before anything is sent. */
const phone = (value: string) =>
  /^(\+?[0-9 ().-]{3,})?$/.test(value.trim()) ? undefined : say('account', 'details.phoneWrong')
const domain = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/i
const isWebsite = (value: string) => {
  const url = /^https?:\/\/\S+$/.test(value) && URL.canParse(value) ? new URL(value) : null
  return url !== null && domain.test(url.hostname)
}
const website = (value: string) =>
  value.trim() === '' || isWebsite(value.trim())
    ? undefined
    : say('account', 'details.websiteWrong')

const check = (values: FormValues<Field>) => ({
  name: firstOf(values.name, required, atMost(nameMax)),
  jobTitle: atMost(nameMax)(values.jobTitle),
  website: firstOf(values.website, atMost(200), website),
  phone: firstOf(values.phone, atMost(30), phone),
})

type Progress = 'clean' | 'changed' | 'saved'

const Outcome = ({ progress }: { readonly progress: Progress }) => {
  const t = useTexts('account')
  if (progress === 'changed') return t('details.unsaved')
  if (progress === 'clean') return null
  return (
    <span className={classes.saved}>
      <Check size={16} aria-hidden />
      {t('details.saved')}
    </span>
  )
}

const isChanged = (form: HTMLFormElement, profile: Profile) =>
  fields.some((name) => {
    const input = form.elements.namedItem(name)
    return input instanceof HTMLInputElement && input.value !== (profile[name] ?? '')
  })

export const DetailsCard = ({ profile }: { readonly profile: Profile }) => {
  const t = useTexts('account')
  const client = useQueryClient()
  const formId = useId()
  const [progress, setProgress] = useState<Progress>('clean')
  const form = useForm<Field>(
    {
      fields,
      check,
      send: async (values) => {
        keepProfile(
          client,
          await api.account.updateProfile({ ...values, website: values.website.trim() }),
        )
        setProgress('saved')
        return undefined
      },
    },
    problemText,
  )
  useUnsavedWork(() => progress === 'changed')
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    form.props.onInput(event)
    setProgress(isChanged(event.currentTarget, profile) ? 'changed' : 'clean')
  }
  return (
    <Section
      title={t('details.title')}
      explanation={t('details.explanation')}
      outcome={<Outcome progress={progress} />}
      actions={
        <ProgressButton type="submit" form={formId} pending={form.pending}>
          {t('details.save')}
        </ProgressButton>
      }
    >
      <form {...form.props} id={formId} onInput={onInput}>
        <div className={classes.grid}>
          <TextField
            {...form.field('name')}
            label={t('details.name')}
            defaultValue={profile.name}
            autoComplete="name"
            required
          />
          <TextField
            {...form.field('jobTitle')}
            label={t('details.jobTitle')}
            defaultValue={profile.jobTitle ?? ''}
            autoComplete="organization-title"
          />
          <TextField
            {...form.field('website')}
            label={t('details.website')}
            type="url"
            inputMode="url"
            placeholder="https://"
            defaultValue={profile.website ?? ''}
            autoComplete="url"
          />
          <TextField
            {...form.field('phone')}
            label={t('details.phone')}
            type="tel"
            defaultValue={profile.phone ?? ''}
            autoComplete="tel"
          />
        </div>
        <InlineProblem problem={form.problem} />
      </form>
    </Section>
  )
}
