import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { api, pages } from '#web/lib/client.ts'
import { atMost, firstOf, required } from '#web/lib/field-checks.ts'
import { type FieldErrors, type FormValues, useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { isFormTouched, useUnsavedWork } from '#web/lib/unsaved.ts'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { Section, Sections } from '#web/ui/Section.tsx'
import { useNow } from '#web/ui/use-now.ts'
import { Abilities } from './Abilities.tsx'
import classes from './Create.module.css'
import { ExpiryField } from './ExpiryField.tsx'
import { dayFault, endOf, expiryInput, isOffered, usualDays, type Wish } from './expiry.ts'
import type { Prefill } from './prefill.ts'
import type { Issued, Offer } from './queries.ts'
import { ScopeTree } from './ScopeTree.tsx'
import { essential, toggled } from './scope-tree.ts'

const fields = ['name', 'expiry', 'date'] as const
type Field = (typeof fields)[number]

const checkFor =
  (offer: Offer) =>
  ({ name, expiry, date }: FormValues<Field>): FieldErrors<Field> => {
    const fault = expiry === 'date' ? dayFault(date, offer, Date.now()) : null
    return {
      name: firstOf(name, required, atMost(nameMax)),
      date: fault ? say<string>('access-tokens', `expiry.faults.${fault}`) : undefined,
    }
  }

type Props = {
  readonly offer: Offer
  readonly prefill: Prefill | null
  readonly onIssued: (issued: Issued) => void
}

/** Enter in a field sends a form. This one is long, may have been filled in by another person, and hands out a key: only its button does. */
const onlyByButton = (event: KeyboardEvent<HTMLFormElement>) => {
  if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault()
}

/** What the form holds now: the fields keep their own values, the summary follows them. */
const useDraft = ({ offer, prefill }: Pick<Props, 'offer' | 'prefill'>) => {
  const wanted = prefill?.expiry ?? ''
  const start = isOffered(wanted, offer) ? wanted : `${usualDays(offer)}`
  const [wish, setWish] = useState<Wish>({ choice: start, date: '' })
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => {
    const offered = new Set(offer.scopes.map(({ id }) => id))
    return new Set(prefill?.scopes.filter((scope) => offered.has(scope)))
  })
  const read = (form: HTMLFormElement) => {
    const data = new FormData(form)
    setWish({ choice: String(data.get('expiry') ?? ''), date: String(data.get('date') ?? '') })
  }
  const [first] = useState(chosen)
  const toggle = (id: string) => setChosen((before) => toggled(before, id))
  return { start, wish, read, chosen, toggle, isChosenAnew: chosen !== first } as const
}

export const CreateForm = ({ offer, prefill, onIssued }: Props) => {
  const t = useTexts('access-tokens')
  const client = useQueryClient()
  const now = useNow()
  const { start, wish, read, chosen, toggle, isChosenAnew } = useDraft({ offer, prefill })
  const isMade = useRef(false)
  const beside = wish.choice === 'date' ? 'date' : null
  const form = useForm<Field>(
    {
      fields,
      check: checkFor(offer),
      send: async ({ name, expiry, date }) => {
        const made = await api.accessTokens.create({
          name: name.trim(),
          scopes: essential(chosen, offer.scopes).map(({ id }) => id),
          ...expiryInput({ choice: expiry, date }, offer, Date.now()),
        })
        isMade.current = true
        onIssued(made)
        void client.invalidateQueries({ queryKey: api.accessTokens.list.key() })
        return undefined
      },
      besideField: beside
        ? { 'access-tokens.expires_in_past': beside, 'access-tokens.lifetime_too_long': beside }
        : {},
      ...(prefill ? {} : { focusAtStart: 'name' as const }),
    },
    problemText,
  )
  useUnsavedWork(() => !isMade.current && (isChosenAnew || isFormTouched(form.props.ref.current)))
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    form.props.onInput(event)
    read(event.currentTarget)
  }
  return (
    <form {...form.props} onInput={onInput} onKeyDown={onlyByButton}>
      <Sections>
        <Section title={t('create.what')} explanation={t('create.whatMeans')}>
          <div className={classes.fields}>
            <TextField
              {...form.field('name')}
              label={t('create.name')}
              hint={t('create.nameHint')}
              defaultValue={prefill?.name ?? ''}
              autoComplete="off"
              maxLength={nameMax}
              required
            />
            <ExpiryField
              offer={offer}
              start={start}
              choice={wish.choice}
              day={form.field('date')}
              now={now}
            />
          </div>
        </Section>
        <Section title={t('scopes.title')} explanation={t('scopes.explanation')}>
          <ScopeTree scopes={offer.scopes} chosen={chosen} onToggle={toggle} />
        </Section>
        <Section
          title={t('abilities.title')}
          actions={
            <>
              <Button component={Link} to={pages.accessTokens.list} variant="default" ignoreBlocker>
                {t('create.cancel')}
              </Button>
              <ProgressButton type="submit" pending={form.pending}>
                {t('create.action')}
              </ProgressButton>
            </>
          }
        >
          <Abilities scopes={offer.scopes} chosen={chosen} end={endOf(wish, now)} />
          <InlineProblem problem={form.problem} />
        </Section>
      </Sections>
    </form>
  )
}
