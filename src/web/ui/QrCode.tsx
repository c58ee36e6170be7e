import { useMemo } from 'react'
import { encode } from 'uqr'
import classes from './QrCode.module.css'

/** ISO/IEC 18004 asks for a quiet zone of four modules. */
const quietZone = 4

/** One path of all dark modules, run by run: elements of the page, so that no image source is needed. */
const pathOf = (rows: readonly (readonly boolean[])[]): string =>
  rows
    .flatMap((row, y) =>
      row.flatMap((isDark, x) => {
        if (!isDark || row[x - 1]) return []
        const end = row.indexOf(false, x)
        const length = (end < 0 ? row.length : end) - x
        return [`M${x} ${y}h${length}v1h-${length}z`]
      }),
    )
    .join('')

type Props = { readonly text: string; readonly label: string }

/** Dark on white in both colour schemes: not every camera reads it the other way round. */
export const QrCode = ({ text, label }: Props) => {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: 'M', border: quietZone })
    return { size: code.size, path: pathOf(code.data) }
  }, [text])
  return (
    <svg
      className={classes.code}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <path d={`M0 0h${size}v${size}h-${size}z`} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
