import type { ErrorComponentProps } from '@tanstack/react-router'
import { CatchBoundary } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { ErrorState } from '#web/ui/ErrorState.tsx'
import { Section } from '#web/ui/Section.tsx'

const PartFault = ({ error }: ErrorComponentProps) => {
  const t = useTexts('app')
  return (
    <Section title={t('part.title')} flush>
      <ErrorState title={t('part.explanation')} error={error} onRetry={() => location.reload()} />
    </Section>
  )
}

const once = () => 'part'

/** Keeps a fault of one part (or of fetching it after an update of the server) away from the rest of the page. */
export const Part = ({ children }: { readonly children: ReactNode }) => (
  <CatchBoundary getResetKey={once} errorComponent={PartFault}>
    {children}
  </CatchBoundary>
)
