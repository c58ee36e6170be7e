import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useTexts } from '#web/lib/texts.ts'
import rows from './ListRow.module.css'
import classes from './Skeletons.module.css'
import { useDelayed } from './use-delayed.ts'

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

const Loading = () => {
  const t = useTexts('app')
  return (
    <VisuallyHidden component="span" role="status">
      {t('state.loading')}
    </VisuallyHidden>
  )
}

/** Rows of the size they will have; invisible for the first moment, so that nothing jumps or flashes. */
export const ListSkeleton = ({ count }: { readonly count: number }) => {
  const isLate = useDelayed()
  return (
    <div className={classes.skeleton} data-late={isLate || undefined}>
      <Loading />
      {range(count).map((index) => (
        <div key={index} className={rows.row}>
          <div className={rows.head}>
            <Skeleton width={36} height={36} radius={8} />
            <div className={classes.lines}>
              <Skeleton width="38%" height={14} />
              <Skeleton width="62%" height={12} />
            </div>
          </div>
        </div>
      ))}
    </div>
  )
}

/** Labels and fields of a form. */
export const FieldsSkeleton = ({ count }: { readonly count: number }) => {
  const isLate = useDelayed()
  return (
    <div className={classes.skeleton} data-late={isLate || undefined}>
      <Loading />
      <div className={classes.fields}>
        {range(count).map((index) => (
          <div key={index} className={classes.field}>
            <Skeleton width={96} height={12} />
            <Skeleton height={40} radius={8} />
          </div>
        ))}
      </div>
    </div>
  )
}

/** A whole page while its code is on its way. */
export const PageSkeleton = () => {
  const isLate = useDelayed()
  return (
    <div className={classes.skeleton} data-late={isLate || undefined}>
      <Loading />
      <div className={classes.page}>
        <Skeleton width={220} height={26} />
        <Skeleton width="55%" height={14} />
        <Skeleton height={220} radius={12} mt={16} />
      </div>
    </div>
  )
}
