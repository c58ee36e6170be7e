/** Other modules ask for codes and show them, beside the factors that the codes stand in for. */
export const operations = {}

/** Page on which users see and replace factors and codes; letters link to it. */
export const factorsPage = '/admin/account/two-factor'
