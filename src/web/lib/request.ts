export type Values = Readonly<Record<string, unknown>>

/** One REST line with its input filled in. */
export type Request = {
  readonly method: string
  readonly url: string
  readonly body?: BodyInit
  readonly contentType?: string
  readonly idempotencyKey?: string
}

const fillPath = (path: string, input: Values) => {
  const rest: Record<string, unknown> = { ...input }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    if (value === undefined || value === '') throw new TypeError(`${path} needs ${name}`)
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  return { filled, rest }
}

const queryOf = (values: Values): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  return query.size > 0 ? `?${query}` : ''
}

/** Path, query (GET, DELETE, uploads) and JSON body are one input (`packages/kit/src/operation.ts`). */
export const requestOf = (line: string, input: Values, isUpload: boolean): Request => {
  const [method = 'GET', path = ''] = line.split(' ')
  if (isUpload) {
    const { content, ...values } = input
    const { filled, rest } = fillPath(path, values)
    const blob = content as Blob
    return { method, url: filled + queryOf(rest), body: blob, contentType: blob.type }
  }
  const { filled, rest } = fillPath(path, input)
  if (method === 'GET' || method === 'DELETE') return { method, url: filled + queryOf(rest) }
  return { method, url: filled, body: JSON.stringify(rest), contentType: 'application/json' }
}
