import { useState } from 'react'
import classes from './PersonPicture.module.css'

type Props = {
  readonly name: string
  readonly url: string | null
  readonly size: number
}

/** First letters of the first and last word; works for names of one word and for scripts without case. */
const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/)
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words
  return chosen
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase()
}

/** Decorative: the name stands beside it wherever it is shown. */
export const PersonPicture = ({ name, url, size }: Props) => {
  const [brokenUrl, setBrokenUrl] = useState<string | null>(null)
  const isShown = url !== null && url !== brokenUrl
  return (
    <span
      className={classes.picture}
      style={{ inlineSize: size, blockSize: size, fontSize: Math.max(11, Math.round(size * 0.36)) }}
      aria-hidden
    >
      {isShown ? (
        <img className={classes.image} src={url} alt="" onError={() => setBrokenUrl(url)} />
      ) : (
        initialsOf(name)
      )}
    </span>
  )
}
