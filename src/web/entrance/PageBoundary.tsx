import { Component, type ReactNode } from 'react'
import type { EntrancePage } from '#web/lib/entrance-page.ts'
import { EntranceFailure } from '#web/ui/plain/EntranceCard.tsx'
import { forgetComponent } from './pages.ts'

type Props = { readonly page: EntrancePage; readonly children: ReactNode }
type State = { readonly error: unknown }

/** A page that could not be loaded or broke: says so and offers another try. Only classes can catch. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error ?? new Error('unknown') }
  }

  retry = (): void => {
    forgetComponent(this.props.page)
    this.setState({ error: null })
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <EntranceFailure error={this.state.error} onRetry={this.retry} />
  }
}
