/** What the tabs of one browser tell each other; they share the session cookie. */
export type TabMessage = 'signing-out' | 'sign-out-failed' | 'signed-out' | 'ended'

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('latchkey-session') : null

export const tellTabs = (message: TabMessage): void => {
  channel?.postMessage(message)
}

/** Hears the other tabs, never this one. */
export const onTabMessage = (hear: (message: TabMessage) => void): (() => void) => {
  const listen = (event: MessageEvent<TabMessage>) => hear(event.data)
  channel?.addEventListener('message', listen)
  return () => channel?.removeEventListener('message', listen)
}
