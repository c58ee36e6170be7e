import '#web/lib/boot/trusted-types.ts'
import '#web/ui/base.css'
import './mantine.css'
import { createRoot } from 'react-dom/client'
import { nonce } from '#web/lib/boot/nonce.ts'
import { configureClient } from '#web/lib/client.ts'
import { createQueryClient, meQuery } from '#web/lib/queries.ts'
import { startTexts } from '#web/lib/texts.ts'
import { Page } from '#web/ui/Page.tsx'
import { App } from './App.tsx'
import { confirmItIsYou } from './confirm/pending-confirmation.ts'
import { menuNamespaces } from './modules.ts'
import { createAppRouter } from './router.tsx'
import { isLeaving, isSamePerson, leave } from './session/leave.ts'

// Read by `get-nonce`, through which the scroll lock of dialogs names its style element.
Object.assign(globalThis, { __webpack_nonce__: nonce })

configureClient({ onSignedOut: () => leave('ended'), confirmItIsYou, isSamePerson })

const queryClient = createQueryClient()
// Asked while the texts load; a failure is shown by the component that reads it.
void queryClient.prefetchQuery(meQuery)
await startTexts(['web', 'app', ...menuNamespaces])

/** A page that leaves for the sign-in aborts its open requests; that is no fault to report. */
const onCaughtError = (error: unknown) => {
  // biome-ignore lint/suspicious/noConsole: what React does by itself where no handler is given
  if (!isLeaving()) console.error(error)
}

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')
createRoot(root, { onCaughtError }).render(
  <Page>
    <App queryClient={queryClient} router={createAppRouter()} />
  </Page>,
)
