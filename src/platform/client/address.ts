import { isIP } from 'node:net'

/** `::ffff:192.0.2.1` is the IPv4 address it wraps; anything that is not an address becomes `unknown`, one shared name. */
export const canonicalAddress = (text: string): string => {
  if (isIP(text) === 4) return text
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/%.*$/, '')
  const withoutPort = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(bare)
    ? bare.slice(0, bare.lastIndexOf(':'))
    : bare
  if (isIP(withoutPort) === 4) return withoutPort
  if (isIP(withoutPort) !== 6) return 'unknown'
  // The URL parser is the canonicaliser the platform ships: RFC 5952 form.
  const canonical = new URL(`http://[${withoutPort}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical)
  if (!mapped) return canonical
  const [high, low] = [Number.parseInt(mapped[1] ?? '0', 16), Number.parseInt(mapped[2] ?? '0', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/**
 * The caller's address. X-Forwarded-For is believed only as far as proxies of ours wrote it:
 * each trusted proxy appended the address it saw, so the n-th from the right is the caller.
 */
export const callerAddress = (
  socket: string,
  forwardedFor: string | null,
  trustedProxies: number,
): string => {
  if (trustedProxies === 0 || !forwardedFor) return canonicalAddress(socket)
  const hops = forwardedFor.split(',')
  const hop = hops[hops.length - trustedProxies]
  return canonicalAddress(hop ?? socket)
}

/** What a limit counts by: one IPv4 address, or the /64 that one IPv6 customer is given. */
export const addressBucket = (address: string): string => {
  if (isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const filled = address.includes('::')
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
    : left
  return `${filled.slice(0, 4).join(':')}::/64`
}

/** Loopback, link-local and private ranges (RFC 1918, RFC 4193, RFC 6598): no place on a map. */
export const isLocalAddress = (address: string): boolean =>
  /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    address,
  ) || /^(::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/.test(address)
