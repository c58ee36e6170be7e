/** A document of its own, so that a link to it loads a new page. */
export const referencePath = '/api/reference'
