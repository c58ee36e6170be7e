let remembered = ''

/** An address typed on one page of the entrance is there on the next; it never leaves memory. */
export const rememberEmail = (email: string): void => {
  remembered = email.trim()
}
export const rememberedEmail = (): string => remembered
