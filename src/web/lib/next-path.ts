import { entrances, pageAs } from 'virtual:rest-lines'

const { home } = pageAs

// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tab and line feed from addresses, so `/\t/evil` is `//evil`.
const dangerous = /[\u0000-\u001f\u007f\\]/

/**
 * Where to go after signing in: a path of this very site, or the profile. Anything that a browser
 * could read as another origin is refused (CWE-601), and so is coming back here.
 */
export const safeNext = (wanted: string | null, origin: string = location.origin): string => {
  if (
    wanted === null ||
    !wanted.startsWith('/') ||
    wanted.startsWith('//') ||
    dangerous.test(wanted)
  )
    return home
  if (!URL.canParse(wanted, origin)) return home
  const url = new URL(wanted, origin)
  // `/.//evil` is resolved to the path `//evil`.
  if (url.origin !== origin || url.pathname.startsWith('//') || entrances.includes(url.pathname))
    return home
  return url.pathname + url.search + url.hash
}
