import { fault } from '#platform/refusals.ts'
import type { Runtime } from '../runtime.ts'

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** The page that the `type` of a problem document links to: one per code, for developers who call the API. */
export const problemPage = (runtime: Runtime, code: string): Response | null => {
  const spec = [...runtime.registry.refusals, fault].find((refusal) => refusal.code === code)
  if (!spec) return null
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(spec.code)}</title></head>
<body><main><h1>${escapeHtml(spec.title)}</h1><p><code>${escapeHtml(spec.code)}</code>, HTTP status ${spec.status}</p><p>${escapeHtml(spec.help)}</p></main></body></html>`
  return new Response(html, {
    headers: { ...runtime.apiHeaders, 'content-type': 'text/html; charset=utf-8' },
  })
}
