import classes from './Or.module.css'

/** Between two ways that lead to the same place. */
export const Or = ({ children }: { readonly children: string }) => (
  <div className={classes.or}>{children}</div>
)
