import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { assetHeaders, documentHeaders } from '../response/headers.ts'

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

type Asset = {
  readonly path: string
  readonly type: string
  readonly encodings: readonly ('br' | 'gzip')[]
}

export type Page = 'index' | 'entrance' | 'reference'

/** Serves the built web. The addresses are fixed when the process starts, so no request can name another file. */
export type Site = {
  readonly asset: (path: string, acceptEncoding: string) => Response | null
  /** The page with its own nonce; null when the web has not been built. */
  readonly document: (page: Page, status: number) => Response | null
}

const suffix = { br: '.br', gzip: '.gz' } as const

const collectAssets = (root: string): Map<string, Asset> => {
  if (!existsSync(root)) return new Map()
  const files = new Set(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  const assets = [...files].flatMap((path): [string, Asset][] => {
    const type = types[extname(path)]
    if (!type) return []
    const encodings = (['br', 'gzip'] as const).filter((name) => files.has(path + suffix[name]))
    return [[`/${relative(root, path).split(sep).join('/')}`, { path, type, encodings }]]
  })
  return new Map(assets)
}

const placeholder = '__CSP_NONCE__'

const readPage = (root: string, name: string): readonly string[] | null => {
  const path = join(root, `${name}.html`)
  return existsSync(path) ? readFileSync(path, 'utf8').split(placeholder) : null
}

export const openSite = (root: string, transport: string | null): Site => {
  const assets = collectAssets(root)
  const pages = {
    index: readPage(root, 'index'),
    entrance: readPage(root, 'entrance'),
    reference: readPage(root, 'reference'),
  }
  const kept = new Map<string, Buffer>()
  const read = (path: string): Buffer => {
    const bytes = kept.get(path) ?? readFileSync(path)
    kept.set(path, bytes)
    return bytes
  }
  return {
    asset: (path, acceptEncoding) => {
      const asset = assets.get(path)
      if (!asset) return null
      const encoding = asset.encodings.find((name) => acceptEncoding.includes(name))
      const headers: Record<string, string> = {
        ...assetHeaders(transport),
        'content-type': asset.type,
      }
      if (encoding) headers['content-encoding'] = encoding
      return new Response(
        new Uint8Array(read(encoding ? asset.path + suffix[encoding] : asset.path)),
        { headers },
      )
    },
    document: (page, status) => {
      const parts = pages[page]
      if (!parts) return null
      const nonce = randomBytes(16).toString('base64url')
      return new Response(parts.join(nonce), {
        status,
        headers: {
          ...documentHeaders(nonce, transport),
          'content-type': 'text/html; charset=utf-8',
        },
      })
    },
  }
}
