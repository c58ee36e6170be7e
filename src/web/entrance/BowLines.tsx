import classes from './Entrance.module.css'

const innermost = 660
const step = 180
const rings = [0, 1, 2, 3, 4]

/** The bow of the key, drawn around the card again and again in hairlines that fade. */
export const BowLines = () => (
  <svg className={classes.lines} viewBox="-700 -700 1400 1400" aria-hidden>
    {rings.map((ring) => {
      const size = innermost + ring * step
      return (
        <rect
          key={ring}
          x={-size / 2}
          y={-size / 2}
          width={size}
          height={size}
          rx={size / 3}
          opacity={1 - ring / rings.length}
        />
      )
    })}
  </svg>
)
