/**
 * A password with `/`, `?` or `#` in it ends an address in the middle (RFC 3986 §3.2): what follows is taken for a path, and
 * programs that complain about the address print it, password and all. Refused at the start, where nothing is printed.
 */
export const hasReadableCredentials = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { pathname, search, hash } = new URL(address)
  return hash === '' && !`${pathname}${search}`.includes('@')
}

export const unreadableCredentials =
  'cannot be read as an address. If user or password hold one of : / ? # @ %, write those as %3A %2F %3F %23 %40 %25'
