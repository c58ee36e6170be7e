import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const place = 'src/platform/identity/guard.ts'

/** Code that counts a guess outside that place neither knows the browser nor warns the user. */
const goesAround = (path: string, text: string): boolean =>
  path !== place &&
  !path.startsWith('src/platform/identity/') &&
  /\b(judgeGuess|countGuess|settleGuesses)\b/.test(text)

test('whatever can be guessed is checked in one place, which also tells the person', () => {
  const paths = globSync('src/**/*.ts').filter((path) => !path.endsWith('.test.ts'))
  assert.ok(paths.includes(place))
  const around = paths.filter((path) => goesAround(path, readFileSync(path, 'utf8')))
  assert.deepEqual(around, [])
})

test('a door that goes around it is found', () => {
  assert.ok(goesAround('src/modules/x/rules.ts', "import { judgeGuess } from '…'"))
  assert.ok(
    !goesAround('src/modules/x/rules.ts', "import { guard } from '#platform/identity/guard.ts'"),
  )
})
