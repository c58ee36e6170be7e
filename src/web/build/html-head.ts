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
]

/** Files of the source: the build gives them a name of their own below `/assets/`, like everything a page loads. */
const icons: readonly HtmlTagDescriptor[] = [
  { tag: 'link', attrs: { rel: 'icon', type: 'image/svg+xml', href: '/ui/icons/favicon.svg' } },
  { tag: 'link', attrs: { rel: 'apple-touch-icon', href: '/ui/icons/apple-touch-icon.png' } },
]

/** Every page starts with Latin letters in the one text face: without the preload they would jump when it arrives. */
const fontName = /geist-latin-wght-normal-.*\.woff2$/

/**
 * An application behind the same proxy has a `/favicon.svg` of its own, so ours must not lie there. Before the build
 * looks for files in the page, because it only sees those that are named by then.
 */
const htmlIcons: Plugin = {
  name: 'latchkey:html-icons',
  transformIndexHtml: {
    order: 'pre',
    handler: () => icons.map((tag) => ({ ...tag, injectTo: 'head' as const })),
  },
}

const htmlTags: Plugin = {
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
}

/** Head of all pages, in one place. */
export const htmlHead = (): Plugin[] => [htmlIcons, htmlTags]
