import { readdir, readFile, writeFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const brotliOf = promisify(brotliCompress)
const gzipOf = promisify(gzip)

/** Fonts and pictures are compressed already. The HTML pages are not here: each answer gets its own nonce. */
const textTypes = new Set(['.js', '.css', '.svg', '.json', '.webmanifest', '.txt'])
/** Below this a compressed answer saves no network packet. */
const bytesMin = 1024

const compressFile = async (path: string) => {
  const content = await readFile(path)
  if (content.length <= bytesMin) return
  const brotli = await brotliOf(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  })
  await Promise.all([
    writeFile(`${path}.br`, brotli),
    writeFile(`${path}.gz`, await gzipOf(content, { level: constants.Z_BEST_COMPRESSION })),
  ])
}

/** Writes `.br` and `.gz` beside every text asset, so that the server never compresses while answering. */
export const precompress = (): Plugin => {
  let outputFolder = ''
  return {
    name: 'latchkey:precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      outputFolder = resolve(root, build.outDir)
    },
    async closeBundle(error) {
      if (error) return
      const entries = await readdir(outputFolder, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile() && textTypes.has(extname(entry.name)))
      await Promise.all(files.map((file) => compressFile(join(file.parentPath, file.name))))
    },
  }
}
