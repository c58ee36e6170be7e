import {
  EmptyState,
  InlineProblem,
  List,
  ListRow,
  ListSkeleton,
  MomentFact,
  PageHead,
  ProgressButton,
  problemText,
  QueryErrorState,
  RowActions,
  required,
  Section,
  Sections,
  TextField,
  useForm,
  useTexts,
} from '@latchkey/web/page'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { IdCard, Trash2 } from 'lucide-react'
import { badges } from './client.ts'
import { PinSection } from './PinSection.tsx'

const useBadges = () => useInfiniteQuery(badges.list.pages({ limit: 100 }))

const Rows = () => {
  const t = useTexts('badges')
  const client = useQueryClient()
  const query = useBadges()
  const removing = useMutation({
    mutationFn: (badgeId: string) => badges.remove({ badgeId }),
    onSettled: () => client.invalidateQueries({ queryKey: badges.list.key() }),
  })
  if (query.isPending) return <ListSkeleton count={2} />
  if (query.isError) return <QueryErrorState title={t('failed')} query={query} />
  const rows = query.data.pages.flatMap((page) => page.badges)
  if (rows.length === 0)
    return <EmptyState icon={<IdCard size={20} aria-hidden />}>{t('list.empty')}</EmptyState>
  return (
    <List label={t('list.title')}>
      {rows.map(({ id, number, addedAt }) => (
        <ListRow
          key={id}
          icon={<IdCard size={18} aria-hidden />}
          name={number}
          facts={[<MomentFact key="added" word={t('list.added')} at={addedAt} />]}
          actions={
            <RowActions
              label={t('list.actions', { number })}
              acts={[
                {
                  icon: Trash2,
                  label: t('remove'),
                  named: t('removeNamed', { number }),
                  run: () => removing.mutate(id),
                },
              ]}
            />
          }
        />
      ))}
    </List>
  )
}

const AddForm = () => {
  const t = useTexts('badges')
  const client = useQueryClient()
  const form = useForm<'number'>(
    {
      fields: ['number'],
      check: ({ number }) => ({ number: required(number) }),
      send: async ({ number }) => {
        await badges.add({ number: number.trim() })
        await client.invalidateQueries({ queryKey: badges.list.key() })
        return undefined
      },
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <InlineProblem problem={form.problem} />
      <TextField
        {...form.field('number')}
        label={t('add.number')}
        hint={t('add.hint')}
        inputMode="numeric"
        autoComplete="off"
      />
      <ProgressButton type="submit" pending={form.pending}>
        {t('add.submit')}
      </ProgressButton>
    </form>
  )
}

export const BadgesPage = () => {
  const t = useTexts('badges')
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} />
      <Sections>
        <Section title={t('list.title')} flush>
          <Rows />
        </Section>
        <Section title={t('add.title')}>
          <AddForm />
        </Section>
        <PinSection />
      </Sections>
    </>
  )
}
