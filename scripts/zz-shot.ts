import { launchBrowser, newPage } from '#test/harness/browser.ts'
import { startApp } from '#test/harness/app.ts'
const app = await startApp({ engine: 'sqlite' })
const b = await launchBrowser()
for (const [n, w, h, c] of [['d-light', 1280, 900, 'light'], ['m-dark', 360, 740, 'dark'], ['d-dark', 1280, 900, 'dark'], ['m-light', 360, 740, 'light']] as const) {
  const p = await newPage(b, { viewport: { width: w, height: h }, colorScheme: c })
  const said: string[] = []
  p.on('console', (m) => said.push(m.text())); p.on('pageerror', (e) => said.push(e.message))
  const t = Date.now()
  await p.goto(app.url + '/api/reference')
  await p.getByText('Invite somebody by mail').first().waitFor()
  console.log(n, Date.now() - t, 'ms', said)
  await p.screenshot({ path: `/tmp/api/ref-${n}-top.png` })
  await p.goto(app.url + '/api/reference#people.invite')
  await p.waitForTimeout(500)
  await p.screenshot({ path: `/tmp/api/ref-${n}-invite.png` })
  await p.goto(app.url + '/api/reference#access-tokens.create'); await p.reload(); await p.waitForTimeout(1200)
  await p.screenshot({ path: `/tmp/api/ref-${n}-deep.png` })
  console.log(await p.evaluate('[document.documentElement.scrollWidth, innerWidth, document.querySelectorAll("*").length, scrollY]'))
  await p.getByLabel('Find an operation').fill('zzz'); await p.waitForTimeout(300)
  await p.screenshot({ path: `/tmp/api/ref-${n}-none.png` })
  await p.close()
}
await b.close(); await app.stop()
