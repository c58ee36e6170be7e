import { type EventFacts, events } from 'virtual:modules/events'
import { hasText, loadTexts, say } from './texts.ts'

/** An entry of the audit trail, as far as its words go. */
type Happened = { readonly event: string; readonly message: string }

const factsOf = (code: string): EventFacts | null => events[code] ?? null

/** Fetches the words of the modules these events belong to, so that a list never shows a text and then another. */
export const loadEventTexts = async (entries: readonly Happened[]): Promise<void> => {
  const owners = entries.flatMap(({ event }) => factsOf(event)?.module ?? [])
  await loadTexts([...new Set(owners)])
}

/** In the language of the page; in English as the trail keeps it when there is no translation. */
export const eventText = ({ event, message }: Happened): string => {
  const owner = factsOf(event)?.module
  const key = `events.${event.replace(/[.:]/g, '_')}`
  return owner !== undefined && hasText(owner, key) ? say<string>(owner, key) : message
}

export const eventIconOf = (code: string): EventFacts['icon'] | null => factsOf(code)?.icon ?? null
