/** `npm run test:long`, or a run that has time left for it. */
const isLong = process.env.LATCHKEY_TEST_LONG === '1'

/**
 * How often, in a run that is to be quick and in one that may take its time. A file that asks says `// long: …` at its
 * head: those are what the long run consists of.
 */
export const long = <T>(full: T, quick: T): T => (isLong ? full : quick)
