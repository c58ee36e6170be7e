import { createContext, type ReactNode, useContext } from 'react'

/** How the shell draws the cards other modules offer for a slot. */
export const CardSlotContext = createContext<(slot: string) => ReactNode>(() => null)

/** Room for cards of other modules: a page names the slot and knows none of them. */
export const CardSlot = ({ name }: { readonly name: string }) => useContext(CardSlotContext)(name)
