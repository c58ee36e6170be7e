type Props = {
  /** Height in pixels. */
  readonly size?: number
  /** Read out when nothing beside the mark says the name. */
  readonly label?: string
}

/** A key whose bow is a rounded square. The same drawing as `src/web/ui/icons/favicon.svg`. */
export const BrandMark = ({ size = 24, label }: Props) => (
  <svg
    width={(size * 18) / 30}
    height={size}
    viewBox="0 0 18 30"
    role={label ? 'img' : undefined}
    aria-label={label}
    aria-hidden={label ? undefined : true}
  >
    <path d={keyPath} fill="var(--lk-accent)" fillRule="evenodd" />
  </svg>
)

/** Bow 18 by 18 with a square hole; from its middle the shaft, with two teeth to the right. */
const keyPath =
  'M6 0h6a6 6 0 0 1 6 6v6a6 6 0 0 1-6 6h-1v2.5h3.25a1.25 1.25 0 0 1 1.25 1.25v1a1.25 1.25 0 0 1-1.25 1.25H11v1.5h1.75A1.25 1.25 0 0 1 14 26.75v1A1.25 1.25 0 0 1 12.75 29H11v0a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V18H6a6 6 0 0 1-6-6V6a6 6 0 0 1 6-6Zm.5 4A2.5 2.5 0 0 0 4 6.5v5A2.5 2.5 0 0 0 6.5 14h5a2.5 2.5 0 0 0 2.5-2.5v-5A2.5 2.5 0 0 0 11.5 4Z'
