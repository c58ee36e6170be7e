import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { holdsPermission } from '#web/lib/permissions.ts'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { PageHead } from '#web/ui/PageHead.tsx'
import { Section } from '#web/ui/Section.tsx'

type Props = {
  /** Absent where there is no page to protect. */
  readonly needs: string | undefined
  readonly children: ReactNode
}

/** Spares the user a page whose every call would be refused. */
export const Guard = ({ needs, children }: Props) => {
  const t = useTexts('app')
  const { permissions } = useMe()
  if (needs === undefined || holdsPermission(permissions, needs)) return children
  return (
    <>
      <PageHead title={t('notAllowed.title')} />
      <Section title={t('notAllowed.what')}>
        <EmptyState
          icon={<Lock size={20} />}
          action={
            <Button component={Link} to="/admin" variant="default">
              {t('notAllowed.action')}
            </Button>
          }
        >
          {t('notAllowed.explanation')}
        </EmptyState>
      </Section>
    </>
  )
}
