/**
 * The value of Strict-Transport-Security, or null on plain http. Only for this host by default: below it there may be hosts
 * of somebody else, or some without a certificate, which a browser would not reach for two years.
 */
export const strictTransport = (
  origin: string,
  reach: 'host' | 'subdomains' | 'preload',
): string | null => {
  if (!origin.startsWith('https:')) return null
  const further = { host: '', subdomains: '; includeSubDomains' }
  return `max-age=63072000${reach === 'preload' ? '; includeSubDomains; preload' : further[reach]}`
}

/** Headers of every API answer: it must not be rendered as a page, framed, or cached. */
export const apiHeaders = (transport: string | null): Readonly<Record<string, string>> => ({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'no-store',
  ...common(transport),
})

const common = (transport: string | null): Record<string, string> => ({
  ...(transport === null ? {} : { 'strict-transport-security': transport }),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
})

const denied = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
].map((feature) => `${feature}=()`)

const permissionsPolicy = [
  ...denied,
  'publickey-credentials-get=(self)',
  'publickey-credentials-create=(self)',
  'clipboard-write=(self)',
].join(', ')

/** Headers of a page. `default` is the Trusted Types policy that lets only Mantine's style text through. */
export const documentHeaders = (
  nonce: string,
  transport: string | null,
): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types app default',
    'report-uri /api/v1/csp-report',
  ].join('; '),
  'permissions-policy': permissionsPolicy,
  'cache-control': 'no-store',
  // Asks the browser for the facts the session list shows. Only Chromium answers, and only over https or on localhost.
  'accept-ch': 'Sec-CH-UA-Model, Sec-CH-UA-Arch, Sec-CH-UA-Bitness, Sec-CH-UA-Platform-Version',
  ...common(transport),
})

/** A file whose name carries the hash of its content. */
export const assetHeaders = (transport: string | null): Record<string, string> => ({
  'cache-control': 'public, max-age=31536000, immutable',
  vary: 'accept-encoding',
  ...common(transport),
})
