import {
  InlineProblem,
  ProgressButton,
  problemText,
  QueryErrorState,
  required,
  Section,
  TextField,
  useForm,
  useTexts,
} from '@latchkey/web/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { badges } from './client.ts'

const SetForm = () => {
  const t = useTexts('badges')
  const client = useQueryClient()
  const form = useForm<'pin'>(
    {
      fields: ['pin'],
      check: ({ pin }) => ({ pin: required(pin) }),
      send: async ({ pin }) => {
        await badges.setPin({ pin: pin.trim() })
        await client.invalidateQueries({ queryKey: badges.readPin.key() })
        return undefined
      },
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <InlineProblem problem={form.problem} />
      <TextField
        {...form.field('pin')}
        label={t('pin.label')}
        hint={t('pin.hint')}
        inputMode="numeric"
        autoComplete="off"
      />
      <ProgressButton type="submit" pending={form.pending}>
        {t('pin.set')}
      </ProgressButton>
    </form>
  )
}

const Remove = () => {
  const t = useTexts('badges')
  const client = useQueryClient()
  const removing = useMutation({
    mutationFn: () => badges.removePin(),
    onSettled: () => client.invalidateQueries({ queryKey: badges.readPin.key() }),
  })
  return (
    <ProgressButton
      variant="default"
      pending={removing.isPending}
      onClick={() => removing.mutate()}
    >
      {t('pin.remove')}
    </ProgressButton>
  )
}

export const PinSection = () => {
  const t = useTexts('badges')
  const query = useQuery(badges.readPin.query())
  return (
    <Section title={t('pin.title')} explanation={t('pin.explanation')}>
      {query.isError && <QueryErrorState title={t('failed')} query={query} />}
      {query.data && (query.data.isSet ? <Remove /> : <SetForm />)}
    </Section>
  )
}
