/** The nonce of this answer. Browsers hide the attribute from selectors, the property stays readable. */
export const nonce: string =
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
