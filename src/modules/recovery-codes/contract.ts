/** Other modules ask for codes and show them, beside the factors that the codes stand in for. */
export const operations = {}

/** Where factors and codes are seen and replaced: letters lead there. */
export const factorsPage = '/admin/account/two-factor'
