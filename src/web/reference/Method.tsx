import classes from './Method.module.css'

const tones: Readonly<Record<string, string | undefined>> = {
  GET: classes.reads,
  DELETE: classes.removes,
}

export const Method = ({ name }: { readonly name: string }) => (
  <span className={`${classes.method} ${tones[name] ?? classes.changes}`}>{name}</span>
)
