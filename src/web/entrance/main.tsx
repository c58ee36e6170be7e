import '#web/lib/boot/trusted-types.ts'
import '#web/lib/fragment.ts'
import '#web/ui/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { askInstallation } from '#web/lib/installation.ts'
import { startTexts } from '#web/lib/texts.ts'
import { Entrance } from './Entrance.tsx'
import { pageAt, preparePage } from './pages.ts'

// Every page needs it, so it is asked for while the page itself is loading. Who waits for it sees the failure.
askInstallation().catch(() => {})

const start = async () => {
  const page = pageAt(location.pathname)
  await Promise.all([startTexts(['web', ...page.texts]), preparePage(page)])
  const root = document.getElementById('root')
  if (!root) throw new Error('The page has no element "root".')
  createRoot(root).render(
    <StrictMode>
      <Entrance />
    </StrictMode>,
  )
}

/** Before there are texts there is only this. */
const giveUp = () => {
  const notice = document.createElement('p')
  notice.style.cssText = 'max-inline-size: 28rem; margin: 20dvh auto; padding-inline: 24px'
  notice.textContent = 'This page could not be loaded. Check your connection and load it again.'
  document.getElementById('root')?.replaceChildren(notice)
}

// A page taken out of the browser's memory shows a form that is still "sending".
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

start().catch(giveUp)
