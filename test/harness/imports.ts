/** A file of the project as text; a made-up one where a check is itself checked. */
export type File = { readonly path: string; readonly text: string }
export type Import = { readonly from: string; readonly typesOnly: boolean }

export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')

/** Every import and re-export, static or not, types included. */
export const importsIn = (text: string): Import[] => {
  const code = withoutComments(text)
  const statements =
    /\b(?:import|export)\s+(type\s+)?(?:[\w*${}\s,]+?\s+from\s+)?['"]([^'"\n$]+)['"]/g
  const calls = /\bimport\s*\(\s*['"]([^'"\n$]+)['"]/g
  return [
    ...[...code.matchAll(statements)].map(([, type, from = '']) => ({ from, typesOnly: !!type })),
    ...[...code.matchAll(calls)].map(([, from = '']) => ({ from, typesOnly: false })),
  ]
}

/** `needs` of every manifest, by module. */
export const needsIn = (files: readonly File[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    files.flatMap(({ path, text }) => {
      const name = /^src\/modules\/([^/]+)\/module\.ts$/.exec(path)?.[1]
      const list = /\bneeds:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? ''
      return name
        ? [[name, [...list.matchAll(/'([^']+)'/g)].map(([, one = '']) => one)] as const]
        : []
    }),
  )
