import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, faultFacts } from './log.ts'

const said = (write: (log: ReturnType<typeof createLog>) => void, level = 'debug'): string[] => {
  const lines: string[] = []
  write(createLog(level, { write: (line) => lines.push(line) }))
  return lines
}

test('a line is one JSON object with level and time, whatever stands in it (attack A92)', () => {
  const nasty = 'x\r\n{"level":"error","msg":"forged"}\u001b[31m\u2028'
  const lines = said((log) => log.info({ name: nasty }, nasty))
  assert.equal(lines.length, 1)
  assert.equal(lines[0]?.trimEnd().split('\n').length, 1)
  const { level, time, name } = JSON.parse(lines[0] ?? '')
  assert.deepEqual([level, name], ['info', nasty])
  assert.ok(Date.parse(time) > 0)
  assert.equal(lines[0]?.includes('\u001b'), false)
})

test('names of secrets never carry a value', () => {
  const names = [
    'password',
    'token',
    'secret',
    'cookie',
    'authorization',
    'proof',
    'code',
    'link',
    'url',
  ]
  for (const name of names) {
    const [line] = said((log) =>
      log.warn({ [name]: 'canary-1', inner: { [name]: 'canary-2' } }, 'x'),
    )
    assert.doesNotMatch(line ?? '', /canary/, name)
  }
})

test('what is quieter than the level is not said', () => {
  assert.equal(said((log) => log.debug({}, 'x'), 'info').length, 0)
  assert.equal(said((log) => log.error({}, 'x'), 'silent').length, 0)
})

test('of a fault its kind, a bounded message and the place are told', () => {
  const facts = faultFacts(new TypeError('x'.repeat(10_000)))
  assert.match(facts.error, /^TypeError: x+$/)
  assert.ok(facts.error.length <= 500)
  assert.match(facts.stack ?? '', /log\.test\.ts/)
  assert.deepEqual(faultFacts('just text'), { error: 'just text' })
  assert.doesNotThrow(() => faultFacts(undefined))
})
