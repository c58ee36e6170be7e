/** Where a page ended, in a list that is ordered by a moment, and by id where moments are the same. */
export type MomentCursor = { readonly at: number; readonly id: string }

export const writeMomentCursor = ({ at, id }: MomentCursor): string => `${at}.${id}`

/** A cursor is ours or it is nothing: a made-up one starts from the beginning. `prefix` is that of the ids. */
export const readMomentCursor = (prefix: string, text: string | undefined): MomentCursor | null => {
  const [, at, id = ''] = /^(\d{1,15})\.([a-z]+_[0-9a-z]{26})$/.exec(text ?? '') ?? []
  return id.startsWith(`${prefix}_`) ? { at: Number(at), id } : null
}
