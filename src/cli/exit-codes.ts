/** What the program ends with. Scripts compare these: a number never changes its meaning. */
export const exitCodes = {
  done: 0,
  problem: 1,
  usage: 2,
  cannotOpen: 3,
  fault: 4,
} as const

export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done, and all is well',
  problem: 'refused or failed, or the command looked for problems and found one',
  usage: 'wrong usage: nothing was opened and nothing done',
  cannotOpen:
    'the installation cannot be opened: settings, data folder, key file, database or version',
  fault: 'a fault of Latchkey itself; the details are on standard error',
}
