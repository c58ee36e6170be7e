import { VisuallyHidden } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Plus, Smartphone } from 'lucide-react'
import { type RefObject, useState } from 'react'
import { api, asProblem, type Problem } from '#web/lib/client.ts'
import { moduleKey } from '#web/lib/operation-queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { InlineProblem } from '#web/ui/InlineProblem.tsx'
import { List } from '#web/ui/ListRow.tsx'
import { ProgressButton } from '#web/ui/ProgressButton.tsx'
import { Section } from '#web/ui/Section.tsx'
import { useAsked } from '#web/ui/use-asked.ts'
import { useReorder } from '#web/ui/use-reorder.ts'
import { AddDialog } from './AddDialog.tsx'
import { AppRow } from './AppRow.tsx'
import { type Authenticator, keepAuthenticators, type TwoFactor } from './queries.ts'
import { RemoveDialog } from './RemoveDialog.tsx'
import classes from './TwoFactor.module.css'
import { useSetup } from './use-setup.ts'

type Props = {
  readonly state: TwoFactor
  readonly heading: RefObject<HTMLHeadingElement | null>
  readonly onCodes: (codes: readonly string[]) => void
}

const useOrder = (apps: readonly Authenticator[]) => {
  const client = useQueryClient()
  const [problem, setProblem] = useState<Problem | null>(null)
  const sorted = (ids: readonly string[]) =>
    apps.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
  const reorder = useReorder({
    ids: apps.map((app) => app.id),
    nameOf: (id) => apps.find((app) => app.id === id)?.name ?? '',
    commit: async (ids) => {
      setProblem(null)
      try {
        await api.twoFactor.reorder({ authenticatorIds: [...ids] })
        keepAuthenticators(client, () => sorted(ids))
      } catch (error) {
        setProblem(asProblem(error))
        void client.invalidateQueries({ queryKey: moduleKey('twoFactor') })
      }
    },
  })
  return { ...reorder, problem, shown: sorted(reorder.order) } as const
}

export const AppsCard = ({ state, heading, onCodes }: Props) => {
  const t = useTexts('two-factor')
  const app = useTexts('app')
  const apps = state.authenticators
  const setup = useSetup(onCodes)
  const order = useOrder(apps)
  const { asked, isAsking, ask, close } = useAsked<Authenticator>()
  const said = order.said && { ...order.said, total: apps.length }
  return (
    <Section
      title={t('apps.title')}
      explanation={apps.length > 1 ? t('apps.order') : t('apps.explanation')}
      headingRef={heading}
      flush
      actions={
        apps.length > 0 && (
          <ProgressButton
            variant="default"
            leftSection={<Plus size={16} aria-hidden />}
            pending={setup.isBeginning}
            onClick={() => void setup.begin()}
          >
            {t('add.open')}
          </ProgressButton>
        )
      }
    >
      {apps.length === 0 ? (
        <EmptyState
          icon={<Smartphone size={20} />}
          action={
            <ProgressButton
              leftSection={<Plus size={16} aria-hidden />}
              pending={setup.isBeginning}
              onClick={() => void setup.begin()}
            >
              {t('add.open')}
            </ProgressButton>
          }
        >
          {t('apps.empty')}
        </EmptyState>
      ) : (
        <List label={t('apps.title')}>
          {order.shown.map((one, index) => (
            <AppRow
              key={one.id}
              app={one}
              position={index + 1}
              total={apps.length}
              reorder={order}
              onReplace={() => void setup.begin(one)}
              onRemove={() => ask(one)}
            />
          ))}
        </List>
      )}
      <VisuallyHidden role="status">{said && app('reorder.moved', said)}</VisuallyHidden>
      <div className={classes.trouble}>
        <InlineProblem problem={setup.problem ?? order.problem} />
      </div>
      <AddDialog conversation={setup} state={state} />
      <RemoveDialog
        app={asked}
        isOnly={apps.length === 1}
        opened={isAsking}
        heading={heading}
        onClose={close}
      />
    </Section>
  )
}
