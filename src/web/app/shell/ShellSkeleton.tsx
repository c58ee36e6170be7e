import { PageSkeleton } from '#web/ui/Skeletons.tsx'
import classes from './ShellSkeleton.module.css'

/** The outline of the shell while the first answer is on its way. */
export const ShellSkeleton = () => (
  <div className={classes.shell}>
    <div className={classes.bar} />
    <div className={classes.body}>
      <div className={classes.sidebar} />
      <div className={classes.content}>
        <PageSkeleton />
      </div>
    </div>
  </div>
)
