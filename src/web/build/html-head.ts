import type { HtmlTagDescriptor, Plugin } from 'vite'

/**
 * Runs before the first paint, or a dark screen would flash white. Same key and values as the
 * values in `src/web/lib/color-scheme.ts`.
 */
const colorSchemeScript = `
      try { var chosen = localStorage.getItem('latchkey-theme') } catch {}
      var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
      document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
    `

const fixedTags: readonly HtmlTagDescriptor[] = [
  { tag: 'meta', attrs: { charset: 'utf-8' } },
  { tag: 'meta', attrs: { name: 'viewport', content: 'width=device-width, initial-scale=1' } },
  { tag: 'meta', attrs: { name: 'color-scheme', content: 'light dark' } },
  { tag: 'meta', attrs: { name: 'robots', content: 'noindex' } },
  { tag: 'link', attrs: { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' } },
  { tag: 'link', attrs: { rel: 'apple-touch-icon', href: '/apple-touch-icon.png' } },
]

/** Every page starts with Latin letters in the one text face: without the preload they would jump when it arrives. */
const fontName = /geist-latin-wght-normal-.*\.woff2$/

/** Head of both pages, in one place. */
export const htmlHead = (): Plugin => ({
  name: 'latchkey:html-head',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) => {
      const font = Object.keys(bundle ?? {}).find((name) => fontName.test(name))
      const preload: HtmlTagDescriptor[] = font
        ? [
            {
              tag: 'link',
              attrs: {
                rel: 'preload',
                as: 'font',
                type: 'font/woff2',
                href: `/${font}`,
                crossorigin: '',
              },
            },
          ]
        : []
      return [...fixedTags, { tag: 'script', children: colorSchemeScript }, ...preload].map(
        (tag) => ({
          ...tag,
          injectTo: 'head-prepend' as const,
        }),
      )
    },
  },
})
