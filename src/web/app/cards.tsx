import { type ComponentType, lazy, Suspense } from 'react'
import { useMay } from '#web/lib/queries.ts'
import type { CardSlotName } from '#web/lib/ui-module.ts'
import { allCards, type FoundCard, loadWithTexts } from './modules.ts'
import { Part } from './pages/Part.tsx'

type DrawableCard = FoundCard & { readonly Card: ComponentType }

const cards: readonly DrawableCard[] = allCards
  .map((card) => ({ ...card, Card: lazy(async () => ({ default: await loadWithTexts(card) })) }))
  .toSorted((a, b) => a.order - b.order)

const Guarded = ({ card, needs }: { readonly card: DrawableCard; readonly needs: string }) =>
  useMay(needs) ? <card.Card /> : null

/** The cards of other modules for one slot, in their order. */
export const drawCards = (slot: CardSlotName) =>
  cards
    .filter((card) => card.slot === slot)
    .map((card) => (
      <Part key={`${card.module}-${card.order}`}>
        <Suspense fallback={null}>
          {card.needs ? <Guarded card={card} needs={card.needs} /> : <card.Card />}
        </Suspense>
      </Part>
    ))
