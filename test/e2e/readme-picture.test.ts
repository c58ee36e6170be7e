import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { takeReadmePicture } from '#test/harness/readme-picture.ts'

test('the picture in the README shows the page as it is: its menu, headings and buttons', async () => {
  const kept = readFileSync(new URL('../../docs/images/sessions.txt', import.meta.url), 'utf8')
  const { outline } = await takeReadmePicture()
  assert.equal(
    outline,
    kept,
    'run npm run picture, look at docs/images/sessions.png and commit both',
  )
})
