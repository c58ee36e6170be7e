import { Button } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Ticket } from 'lucide-react'
import { useRef, useState } from 'react'
import { api, pages } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { QueryErrorState } from '#web/ui/ErrorState.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { MoreRows } from '#web/ui/MoreRows.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section } from '#web/ui/Section.tsx'
import { ListSkeleton } from '#web/ui/Skeletons.tsx'
import { StateFilter } from '#web/ui/StateFilter.tsx'
import { useAsked } from '#web/ui/use-asked.ts'
import { type Issued, type StateChoice, type Token, tokensQuery } from './queries.ts'
import { RevokeDialog } from './RevokeDialog.tsx'
import { RotateDialog } from './RotateDialog.tsx'
import { SecretDialog } from './SecretDialog.tsx'
import { type TokenAct, TokenRow } from './TokenRow.tsx'
import classes from './Tokens.module.css'

const states: readonly StateChoice[] = ['all', 'active', 'ended']

type Ask = (act: TokenAct, token: Token) => void

const CreateLink = () => {
  const t = useTexts('access-tokens')
  return (
    <Button
      component={Link}
      to={pages.accessTokens.create}
      leftSection={<Plus size={16} aria-hidden />}
    >
      {t('create.open')}
    </Button>
  )
}

type FilterProps = { readonly state: StateChoice; readonly onChange: (state: StateChoice) => void }

const Filter = ({ state, onChange }: FilterProps) => {
  const t = useTexts('access-tokens')
  return (
    <div className={classes.filter}>
      <StateFilter
        label={t('filter.label')}
        choices={states.map((value) => ({ value, label: t(`filter.${value}`) }))}
        value={state}
        onChange={onChange}
      />
    </div>
  )
}

const Rows = ({ state, onChange, ask }: FilterProps & { readonly ask: Ask }) => {
  const t = useTexts('access-tokens')
  const query = useInfiniteQuery(tokensQuery(state))
  const filter = <Filter state={state} onChange={onChange} />
  if (!query.data) {
    return (
      <>
        {state !== 'all' && filter}
        {query.isPending ? (
          <ListSkeleton count={3} />
        ) : (
          <QueryErrorState title={t('failed.load')} query={query} />
        )}
      </>
    )
  }
  const tokens = query.data.pages.flatMap((page) => page.tokens)
  const isFirst = state === 'all' && tokens.length === 0
  return (
    <>
      {!isFirst && filter}
      {tokens.length === 0 ? (
        <EmptyState icon={<Ticket size={20} />} action={isFirst && <CreateLink />}>
          {t(`empty.${state}`)}
        </EmptyState>
      ) : (
        <List label={t('list.title')}>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} onAct={(act) => ask(act, token)} />
          ))}
        </List>
      )}
      <MoreRows query={query} label={t('list.more')} failed={t('failed.more')} />
    </>
  )
}

/** Then the list offers to create the first where it is empty, and the head need not. */
const useIsEmpty = (state: StateChoice): boolean => {
  const { data } = useInfiniteQuery(tokensQuery(state))
  return state === 'all' && data?.pages[0]?.tokens.length === 0
}

type Asked = { readonly act: TokenAct; readonly token: Token }

/** What is about to be done with which token. Its last use is asked for again: it is what a decision hangs on. */
const useAskedToken = (state: StateChoice) => {
  const client = useQueryClient()
  const { data } = useInfiniteQuery(tokensQuery(state))
  const { asked, isAsking, ask, close } = useAsked<Asked>()
  const listed = data?.pages.flatMap((page) => page.tokens) ?? []
  const token = listed.find(({ id }) => id === asked?.token.id) ?? asked?.token ?? null
  const askAfresh: Ask = (act, token) => {
    ask({ act, token })
    void client.invalidateQueries({ queryKey: api.accessTokens.list.key() })
  }
  return { act: isAsking ? asked?.act : null, token, ask: askAfresh, close } as const
}

export const TokensPage = () => {
  const t = useTexts('access-tokens')
  const [state, setState] = useState<StateChoice>('all')
  const { act, token, ask, close } = useAskedToken(state)
  const isEmpty = useIsEmpty(state)
  const [issued, setIssued] = useState<Issued | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const dialog = (own: TokenAct) => ({ token, opened: act === own, onClose: close })
  return (
    <>
      <PageHead title={t('title')} summary={t('summary')} actions={!isEmpty && <CreateLink />} />
      <Section
        title={t('list.title')}
        explanation={t('list.explanation')}
        headingRef={heading}
        flush
      >
        <Rows state={state} onChange={setState} ask={ask} />
      </Section>
      <RotateDialog {...dialog('rotate')} onIssued={setIssued} />
      <RevokeDialog {...dialog('revoke')} heading={heading} />
      <SecretDialog issued={issued} onClose={() => setIssued(null)} heading={heading} />
    </>
  )
}
