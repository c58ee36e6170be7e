import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'

/** What of a contract the browser needs at run time. The schemas stay behind. */
type Lines = Record<string, Record<string, string>>
type Uploads = Record<string, Record<string, { types: readonly string[]; bytesMax: number }>>
type Contract = {
  readonly operations?: Record<string, { rest: string; upload?: Uploads[string][string] }>
  readonly pages?: Record<string, string>
}

const virtualId = 'virtual:rest-lines'
const resolvedId = `\0${virtualId}`

export const camelCase = (folder: string): string =>
  folder.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

const findContracts = (modulesFolder: string) =>
  readdirSync(modulesFolder)
    .map((name) => ({ name, file: join(modulesFolder, name, 'contract.ts') }))
    .filter(({ file }) => statSync(file, { throwIfNoEntry: false })?.isFile())

const readContract = async (file: string): Promise<Contract> =>
  // The moment in the address makes Node read a contract again after it changed under `--watch`.
  import(`${pathToFileURL(file).href}?at=${statSync(file).mtimeMs}`) as Promise<Contract>

const collect = async (modulesFolder: string) => {
  const lines: Lines = {}
  const uploads: Uploads = {}
  const pages: Lines = {}
  for (const { name, file } of findContracts(modulesFolder)) {
    const contract = await readContract(file)
    const key = camelCase(name)
    pages[key] = contract.pages ?? {}
    for (const [operation, { rest, upload }] of Object.entries(contract.operations ?? {})) {
      lines[key] = { ...lines[key], [operation]: rest }
      if (upload) uploads[key] = { ...uploads[key], [operation]: upload }
    }
  }
  return { lines, uploads, pages }
}

const failOnUnlisted = (modulesFolder: string, listFile: string) => {
  const list = readFileSync(listFile, 'utf8')
  const missing = findContracts(modulesFolder).filter(
    ({ name }) => !list.includes(`#modules/${name}/contract.ts`),
  )
  if (missing.length > 0) {
    throw new Error(`${listFile} does not name: ${missing.map(({ name }) => name).join(', ')}`)
  }
}

/**
 * Serves `virtual:rest-lines`: the REST line of every operation, the limits of uploads and the
 * addresses of pages, read off the contracts in Node, so that zod never reaches the bundle.
 */
export const restLines = (modulesFolder: string, listFile: string): Plugin => ({
  name: 'latchkey:rest-lines',
  resolveId: (id) => (id === virtualId ? resolvedId : null),
  async load(id) {
    if (id !== resolvedId) return null
    failOnUnlisted(modulesFolder, listFile)
    for (const { file } of findContracts(modulesFolder)) this.addWatchFile(file)
    const found = await collect(modulesFolder)
    return Object.entries(found)
      .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
      .join('\n')
  },
})
