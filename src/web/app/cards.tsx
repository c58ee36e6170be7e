import { type ComponentType, lazy, Suspense } from 'react'
import { useMay } from '#web/lib/queries.ts'
import type { CardSlotName } from '#web/lib/ui-module.ts'
import { allCards, type FoundCard, loadWithTexts } from './modules.ts'
import { Part } from './pages/Part.tsx'

type DrawableCard = { readonly card: FoundCard; readonly Late: ComponentType }

/** What has been fetched ahead of time is drawn at once, where a lazy component would be missing for a moment. */
const prepared = new Map<FoundCard, ComponentType>()

const cards: readonly DrawableCard[] = allCards
  .map((card) => ({ card, Late: lazy(async () => ({ default: await loadWithTexts(card) })) }))
  .toSorted((one, other) => one.card.order - other.card.order)

/** Fetches the code of a slot, for a page that draws all of itself together. */
export const prepareCards = async (slot: CardSlotName): Promise<void> => {
  const wanted = allCards.filter((card) => card.slot === slot)
  await Promise.all(wanted.map(async (card) => prepared.set(card, await loadWithTexts(card))))
}

const Drawn = ({ card, Late }: DrawableCard) => {
  const Card = prepared.get(card) ?? Late
  return <Card />
}

const Guarded = ({ needs, ...drawable }: DrawableCard & { readonly needs: string }) =>
  useMay(needs) ? <Drawn {...drawable} /> : null

/** The cards of other modules for one slot, in their order. */
export const drawCards = (slot: CardSlotName) =>
  cards
    .filter(({ card }) => card.slot === slot)
    .map(({ card, Late }) => (
      <Part key={`${card.module}-${card.order}`}>
        <Suspense fallback={null}>
          {card.needs ? (
            <Guarded card={card} Late={Late} needs={card.needs} />
          ) : (
            <Drawn card={card} Late={Late} />
          )}
        </Suspense>
      </Part>
    ))
