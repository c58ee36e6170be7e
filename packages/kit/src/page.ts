/** A page that other parts lead to without knowing which module shows it. */
export type PageRole =
  | 'change-password'
  | 'check-up'
  | 'confirm'
  | 'home'
  | 'profile'
  | 'second-factor'
  | 'set-up'
  | 'sign-in'

/** An address, or a place on the page that has another role. */
export type PageAt = string | { readonly on: PageRole; readonly hash: string }

/** Which role has which page. Stands in the contract, so that the pages know it too. */
export type PageRoles = { readonly [R in PageRole]?: PageAt }

/** Role → address, over all modules. A role that stands on another is led to its place on that page. */
export const addressesOf = (all: readonly PageRoles[]): ReadonlyMap<PageRole, string> => {
  const roles = new Map<PageRole, PageAt>()
  for (const [role, at] of all.flatMap((one) => Object.entries(one) as [PageRole, PageAt][])) {
    if (roles.has(role)) throw new Error(`two pages are "${role}"`)
    roles.set(role, at)
  }
  const addressOf = (at: PageAt): string => {
    if (typeof at === 'string') return at
    const page = roles.get(at.on)
    if (typeof page !== 'string') throw new Error(`no page is "${at.on}"`)
    return `${page}#${at.hash}`
  }
  return new Map([...roles].map(([role, at]) => [role, addressOf(at)]))
}
