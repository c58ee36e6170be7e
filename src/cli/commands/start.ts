import { z } from 'zod'
import { ownCommand } from '../terminal.ts'

export const start = ownCommand({
  name: 'start',
  summary: 'Run the server until it is told to stop',
  about: [
    'The same as npm start without the building: it brings the database up to date, listens, and prints a line of JSON for whatever goes wrong. SIGTERM finishes what is under way and ends.',
    'It ends with 0 after a stop and with 1 when it cannot start. --json changes nothing: what it prints is a log.',
  ],
  examples: ['start'],
  input: z.object({}),
  run: async () => {
    await import('#main')
    return null
  },
})
