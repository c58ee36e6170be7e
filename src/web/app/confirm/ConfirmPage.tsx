import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type AnswerOf, api, pageAs } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { safeNext } from '#web/lib/next-path.ts'
import { queryValue } from '#web/lib/query.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ErrorState } from '#web/ui/ErrorState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section } from '#web/ui/Section.tsx'
import { FieldsSkeleton } from '#web/ui/Skeletons.tsx'
import classes from './Confirmation.module.css'
import { Confirmation } from './Confirmation.tsx'

type Standing = AnswerOf<Contracts['signIn']['operations']['confirmationMethods']>
type Need = 'second-factor' | 'recent'

/** Never from memory: what is still enough changes with every minute. */
const standingQuery = {
  ...api.signIn.confirmationMethods.query(),
  staleTime: 0,
  gcTime: 0,
}

/** What the proxy asked for; anything else is the usual question. */
const readNeed = (): Need => (queryValue('needs') === 'second-factor' ? 'second-factor' : 'recent')

const isEnough = ({ confirmedUntil, secondFactor }: Standing, need: Need): boolean =>
  need === 'second-factor' ? secondFactor === 'proven' : confirmedUntil !== null

const goOn = () => location.replace(safeNext(queryValue('next')))

const goBack = () => {
  if (history.length > 1) history.back()
  else location.replace(pageAs.home)
}

const NoFactor = () => {
  const t = useTexts('app')
  return (
    <Section
      title={t('confirmPage.missing.title')}
      actions={
        <>
          <Button variant="default" onClick={goBack}>
            {t('confirmPage.back')}
          </Button>
          <Button component={Link} to={pageAs['second-factor']}>
            {t('confirmPage.missing.action')}
          </Button>
        </>
      }
    >
      <p className={classes.statement}>{t('confirmPage.missing.explanation')}</p>
    </Section>
  )
}

/** Never sent on by itself: an application that asks again and again would make the browser go round in circles. */
const Enough = () => {
  const t = useTexts('app')
  return (
    <Section
      title={t('confirmPage.enough.title')}
      actions={<Button onClick={goOn}>{t('confirmPage.enough.action')}</Button>}
    >
      <p className={classes.statement}>{t('confirmPage.enough.explanation')}</p>
    </Section>
  )
}

type CardProps = { readonly standing: Standing; readonly need: Need }

const Card = ({ standing, need }: CardProps) => {
  const t = useTexts('app')
  if (isEnough(standing, need)) return <Enough />
  if (need === 'second-factor' && standing.secondFactor === 'missing') return <NoFactor />
  return (
    <Section title={t(`confirmPage.needs.${need}`)}>
      <Confirmation
        methods={standing.methods}
        words={t(`confirmPage.words.${need}`)}
        onConfirmed={goOn}
        onCancel={goBack}
      />
    </Section>
  )
}

/** Where an application behind the proxy sends a user who has to prove once more that it is them. */
export const ConfirmPage = () => {
  const t = useTexts('app')
  const { data, error, refetch } = useQuery(standingQuery)
  return (
    <div className={classes.page}>
      <PageHead title={t('confirm.title')} summary={t('confirmPage.summary')} />
      {data && <Card standing={data} need={readNeed()} />}
      {!data && (
        <Section title={t(`confirmPage.needs.${readNeed()}`)}>
          {error ? (
            <ErrorState
              title={t('confirmPage.failed')}
              error={error}
              onRetry={() => void refetch()}
            />
          ) : (
            <FieldsSkeleton count={1} />
          )}
        </Section>
      )}
    </div>
  )
}
