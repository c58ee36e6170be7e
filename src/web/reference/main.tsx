import '#web/lib/boot/trusted-types.ts'
import '#web/ui/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startTexts } from '#web/lib/texts.ts'
import { ReferencePage } from './ReferencePage.tsx'

await startTexts(['web', 'reference'])
const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')
createRoot(root).render(
  <StrictMode>
    <ReferencePage />
  </StrictMode>,
)
