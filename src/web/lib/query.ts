/** One value of the address's query, as the page was opened. */
export const queryValue = (name: string): string | null =>
  new URLSearchParams(location.search).get(name)
