import type { Operation, Reference } from './document.ts'

/** One word for a POSIX shell, with any content. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const urlOf = ({ path, parameters }: Operation, origin: string): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parameters.find((one) => one.name === name)?.example ?? name)),
  )
  const query = parameters
    .filter((one) => one.in === 'query' && one.required)
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`)
  return origin + filled + (query.length > 0 ? `?${query.join('&')}` : '')
}

const credentialOf = (
  { access, method }: Operation,
  { cookie, origin }: Pick<Reference, 'cookie' | 'origin'>,
): string[] => {
  const own = method === 'GET' ? [] : [`-H ${quote(`Origin: ${origin}`)}`]
  if (access.because !== undefined) return own
  if (access.scope) return ['-H "Authorization: Bearer $LATCHKEY_TOKEN"']
  const token = method === 'GET' ? [] : ['-H "X-CSRF-Token: $LATCHKEY_CSRF_TOKEN"']
  return [`-H "Cookie: ${cookie}=$LATCHKEY_SESSION"`, ...own, ...token]
}

const bodyOf = ({ body }: Operation): string[] => {
  if (!body) return []
  const json = body['application/json']
  if (json)
    return [
      "-H 'Content-Type: application/json'",
      `-d ${quote(JSON.stringify(json.example, null, 2))}`,
    ]
  const [type = ''] = Object.keys(body)
  return [`-H ${quote(`Content-Type: ${type}`)}`, `--data-binary @picture.${type.split('/')[1]}`]
}

/** A request that can be pasted into a shell; what is secret comes from its environment. */
export const curlOf = (
  operation: Operation,
  installation: Pick<Reference, 'cookie' | 'origin'>,
): string => {
  const { method, takesKey } = operation
  const isStream = 'text/event-stream' in operation.answer
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`}${isStream ? ' -N' : ''} ${quote(urlOf(operation, installation.origin))}`,
    ...credentialOf(operation, installation),
    ...(takesKey ? ['-H "Idempotency-Key: \\"$(uuidgen)\\""'] : []),
    ...bodyOf(operation),
  ]
  return lines.join(' \\\n  ')
}
