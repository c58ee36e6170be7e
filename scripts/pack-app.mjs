// What `npm pack` puts into the package: the server as JavaScript, because Node takes no types off below node_modules,
// the built pages, and the list of what it depends on. Everything lies in dist/app, which is a package scope of its own.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ensureWeb, listFiles, prepare } from './prepare.mjs'
import { npmEnv, root, Stop } from './processes.mjs'

const appFolder = join(root, 'dist', 'app')

/** Pages are built into dist/web; what only tests read stays behind. */
const isServed = (file) =>
  !/\.test\.ts$|^src\/web\/|^src\/modules\/[^/]+\/ui\/|w3c-vectors\.json$/.test(file) &&
  /^src\/|^packages\/kit\/src\//.test(file)

/** `./x.ts`, `#platform/x.ts`: an address of ours in an import or a `new URL`. */
const ownAddress = /(['"])((?:\.{1,2}\/|#)[^'"\n]*)\.ts\1/g

const toJavaScript = (text) => stripTypeScriptTypes(text).replaceAll(ownAddress, '$1$2.js$1')

const writeServer = () => {
  for (const file of [...listFiles('src'), ...listFiles('packages/kit/src')].filter(isServed)) {
    const target = join(appFolder, file)
    mkdirSync(dirname(target), { recursive: true })
    if (file.endsWith('.ts'))
      writeFileSync(
        target.replace(/\.ts$/, '.js'),
        toJavaScript(readFileSync(join(root, file), 'utf8')),
      )
    else cpSync(join(root, file), target)
  }
}

const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

/** Addresses of the sources become those of what is written here. */
const compiled = (addresses) => JSON.parse(JSON.stringify(addresses).replaceAll('.ts"', '.js"'))

/** The scope is the kit: so `@latchkey/kit` means this copy, for the server and for modules from outside alike. */
const writeScope = () => {
  const { version, imports } = readJson('package.json')
  const kit = readJson('packages/kit/package.json')
  const { '#test/*': _tests, '#web/*': _pages, ...served } = imports
  const exported = JSON.parse(
    JSON.stringify(kit.exports).replaceAll('./src/', './packages/kit/src/'),
  )
  const scope = {
    name: kit.name,
    version,
    private: true,
    type: 'module',
    imports: compiled(served),
    exports: compiled(exported),
  }
  writeFileSync(join(appFolder, 'package.json'), `${JSON.stringify(scope, null, 2)}\n`)
}

const run = promisify(execFile)

/** What `npm install` of the package brings: what the server names, and all below it but peers that are only offered. */
const shippedRefs = (bom) => {
  const { packages } = readJson('package-lock.json')
  const refOf = (path, { version }) => `${path.replace('node_modules/', '')}@${version}`
  const onlyOffered = new Set(
    Object.entries(packages).flatMap(([path, entry]) =>
      entry.devOptional ? [refOf(path, entry)] : [],
    ),
  )
  const below = new Map(bom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]))
  const named = ['package.json', 'packages/kit/package.json'].flatMap((file) =>
    Object.keys(readJson(file).dependencies),
  )
  const shipped = new Set()
  const open = named.map((name) => refOf(name, packages[`node_modules/${name}`]))
  for (let ref = open.pop(); ref; ref = open.pop()) {
    if (shipped.has(ref) || onlyOffered.has(ref)) continue
    shipped.add(ref)
    open.push(...(below.get(ref) ?? []))
  }
  return shipped
}

/**
 * CycloneDX: every package that runs in production, with version, licence and checksum. `npm sbom --omit=dev` would leave
 * out what development needs as well, such as `pg`.
 */
const writeBillOfMaterials = async () => {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--include=dev']
  const options = { cwd: root, env: npmEnv(), maxBuffer: 2 ** 27 }
  const bom = JSON.parse((await run('npm', args, options)).stdout)
  const shipped = shippedRefs(bom)
  const isShipped = (ref) => shipped.has(ref)
  const { component } = bom.metadata
  component.name = 'latchkey'
  bom.components = bom.components.filter((found) => isShipped(found['bom-ref']))
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => isShipped(ref) || ref === component['bom-ref'])
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }))
  writeFileSync(join(appFolder, 'sbom.json'), `${JSON.stringify(bom, null, 2)}\n`)
}

try {
  if ((await ensureWeb(await prepare())) === 'failed')
    throw new Stop('The web pages could not be built.')
  rmSync(appFolder, { recursive: true, force: true })
  writeServer()
  writeScope()
  cpSync(join(root, 'dist', 'web'), join(appFolder, 'dist', 'web'), { recursive: true })
  await writeBillOfMaterials()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 3
}
