import type { CardSlotName } from '#web/lib/ui-module.ts'
import { useContributions } from './contributions.ts'

/** Room for cards of other modules: a page names the slot and knows none of them. */
export const CardSlot = ({ name }: { readonly name: CardSlotName }) =>
  useContributions().drawCards(name)
