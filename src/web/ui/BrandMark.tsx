type Props = {
  readonly size?: number /** Read out when nothing beside the mark says the name. */
  readonly label?: string
}

/** A key whose bow is a rounded square. The same drawing as `public/favicon.svg`. */
export const BrandMark = ({ size = 24, label }: Props) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 32 32"
    fill="none"
    role={label ? 'img' : undefined}
    aria-label={label}
    aria-hidden={label ? undefined : true}
  >
    <path d={brandPath} fill="var(--lk-accent)" fillRule="evenodd" />
  </svg>
)

/** Bow 16 wide with a round hole, shaft down from its middle, two teeth to the end side. */
const brandPath =
  'M12.5 1h7A5.5 5.5 0 0 1 25 6.5v5A5.5 5.5 0 0 1 19.5 17H18v2.5h4a1 1 0 0 1 1 1v1.5a1 1 0 0 1-1 1h-4v2.5h2.5a1 1 0 0 1 1 1V28a1 1 0 0 1-1 1H18v1a1 1 0 0 1-1 1h-2a1 1 0 0 1-1-1V17h-1.5A5.5 5.5 0 0 1 7 11.5v-5A5.5 5.5 0 0 1 12.5 1Zm0 4A1.5 1.5 0 0 0 11 6.5v5a1.5 1.5 0 0 0 1.5 1.5h7a1.5 1.5 0 0 0 1.5-1.5v-5A1.5 1.5 0 0 0 19.5 5Z'
