import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { type Crowd, fillCrowd } from './crowd.ts'
import { setUpLatchkey, startLatchkey } from './latchkey.ts'
import { answersPerSecond, freePort, type Subject, startSubject } from './processes.ts'

const sizes = { small: 1000, large: 1_000_000 } as const
const rounds = 5
const secondsPerRound = 2
const warmUpSeconds = 1
const connections = 32

export type Size = keyof typeof sizes
export type Carrier = keyof Crowd
type Who = 'floor' | 'latchkey'
export type Verified = Record<Size, Record<Carrier, Record<Who, number[]>>>

const nothing = (): Verified[Size] => ({
  cookies: { floor: [], latchkey: [] },
  tokens: { floor: [], latchkey: [] },
})

type Town = { readonly size: Size; readonly crowd: Crowd } & Record<Who, Subject>

/** An installation with a table of that size, and the floor on the same rows. */
const build = async (work: string, size: Size): Promise<Town> => {
  const first = await setUpLatchkey(mkdtempSync(join(work, `${size}-`)))
  await first.makeToken()
  await first.stop()
  const crowd = fillCrowd(first.dataDir, sizes[size])
  const floor = await startSubject({
    script: 'bench/subjects/floor.ts',
    port: await freePort(),
    output: join(work, 'subjects.log'),
    env: { BENCH_DATABASE: join(first.dataDir, 'latchkey.db') },
  })
  return { size, crowd, floor, latchkey: await startLatchkey(first.dataDir, await freePort()) }
}

type Turn = { readonly town: Town; readonly carrier: Carrier; readonly who: Who }

const ask = ({ town, carrier, who }: Turn, seconds: number): Promise<number> =>
  answersPerSecond({
    port: town[who].port,
    path: who === 'floor' ? '/' : '/api/v1/verify',
    credential: { file: town.crowd[carrier] },
    connections,
    seconds,
  })

/** `GET /api/v1/verify` by cookie and by token, in a small and a large table, each next to the floor. */
export const measureVerify = async (
  work: string,
  say: (line: string) => void,
): Promise<Verified> => {
  say(`Filling tables with ${sizes.small} and ${sizes.large} sessions and tokens …`)
  const towns = [await build(work, 'small'), await build(work, 'large')]
  const found: Verified = { small: nothing(), large: nothing() }
  // Towns innermost: what is compared most closely is measured right after each other.
  const turns = (['cookies', 'tokens'] as const).flatMap((carrier) =>
    (['floor', 'latchkey'] as const).flatMap((who) =>
      towns.map((town) => ({ town, carrier, who })),
    ),
  )
  for (const turn of turns) await ask(turn, warmUpSeconds)
  say(`Verify, ${rounds} rounds of ${secondsPerRound} s each …`)
  for (let round = 0; round < rounds; round++)
    for (const turn of turns)
      found[turn.town.size][turn.carrier][turn.who].push(await ask(turn, secondsPerRound))
  for (const { floor, latchkey } of towns) {
    await floor.stop()
    await latchkey.stop()
  }
  return found
}
