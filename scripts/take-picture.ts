// `npm run picture`: makes the picture in the README from the running product, and writes down what can be read on it.
import { writeFileSync } from 'node:fs'
import { takeReadmePicture } from '#test/harness/readme-picture.ts'

const folder = new URL('../docs/images/', import.meta.url)

const { png, outline } = await takeReadmePicture()
writeFileSync(new URL('sessions.png', folder), png)
writeFileSync(new URL('sessions.txt', folder), outline)
console.log(
  'docs/images/sessions.png shows the sessions page as it is now. Look at it before you commit it.',
)
