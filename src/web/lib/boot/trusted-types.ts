/**
 * The pages are served with `require-trusted-types-for 'script'` (https://www.w3.org/TR/trusted-types/).
 * Only one library writes through such a sink: Mantine puts the text of its style sheet into a style
 * element with innerHTML. Text without `<` cannot become an element, so it passes; the rest is refused.
 */
type PolicyFactory = {
  createPolicy: (
    name: string,
    rules: Record<
      'createHTML' | 'createScript' | 'createScriptURL',
      (text: string) => string | null
    >,
  ) => unknown
}

const refuse = () => null

const trustedTypes = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
trustedTypes?.createPolicy('default', {
  createHTML: (text) => (text.includes('<') ? null : text),
  createScript: refuse,
  createScriptURL: refuse,
})
