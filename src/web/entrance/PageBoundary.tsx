import { Component, type ReactNode } from 'react'
import { reloadWithFragment } from '#web/lib/fragment.ts'
import { EntranceFailure } from '#web/ui/plain/EntranceCard.tsx'

type Props = { readonly children: ReactNode }
type State = { readonly error: unknown }

/**
 * A page that could not be loaded or broke. The next try loads everything anew: browsers remember that a
 * script failed, and after a new release its old name is gone. Only classes can catch.
 */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error ?? new Error('unknown') }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <EntranceFailure error={this.state.error} onRetry={reloadWithFragment} />
  }
}
