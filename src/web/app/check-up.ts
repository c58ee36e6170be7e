import type { LoadedCheckUp } from '#web/ui/contributions.ts'
import { prepareCards } from './cards.tsx'
import { allCheckUps, type FoundCheckUp, loadWithTexts } from './modules.ts'

const loadPart = <P extends FoundCheckUp['part']>(part: P) =>
  Promise.all(
    allCheckUps
      .filter((found): found is Extract<FoundCheckUp, { part: P }> => found.part === part)
      .toSorted((a, b) => a.order - b.order)
      .map(async (found) => {
        const { module, needs } = found
        const loaded = await loadWithTexts<Awaited<ReturnType<typeof found.load>>>(found)
        return { ...loaded, module, ...(needs === undefined ? {} : { needs }) }
      }),
  )

const load = async (): Promise<LoadedCheckUp> => {
  const [alarms, protection, access] = await Promise.all([
    loadPart('alarm'),
    loadPart('protection'),
    loadPart('access'),
    prepareCards('check-up'),
  ])
  return { alarms, protection, access } as LoadedCheckUp
}

let loading: Promise<LoadedCheckUp> | null = null

export const loadCheckUp = (): Promise<LoadedCheckUp> => {
  loading ??= load().catch((error: unknown) => {
    // The next visit asks again.
    loading = null
    throw error
  })
  return loading
}
