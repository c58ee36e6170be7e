import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTexts } from '#web/lib/texts.ts'
import classes from './Pages.module.css'

export const NotFoundPage = () => {
  const t = useTexts('app')
  return (
    <div className={classes.page}>
      <p className={classes.code} aria-hidden>
        404
      </p>
      <h1 className={classes.title} tabIndex={-1} data-page-title>
        {t('notFound.title')}
      </h1>
      <p className={classes.words}>{t('notFound.explanation')}</p>
      <Button component={Link} to="/admin" variant="default">
        {t('notFound.action')}
      </Button>
    </div>
  )
}
