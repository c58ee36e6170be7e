import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { say, useTexts } from '#web/lib/texts.ts'
import { allPages } from '../modules.ts'
import { type Navigation, pageAt } from '../navigation.ts'
import classes from './Breadcrumbs.module.css'

type Props = { readonly navigation: Navigation; readonly path: string }

/** Where this page lies. The area leads to its first page, a page within another back to that one. */
export const Breadcrumbs = ({ navigation, path }: Props) => {
  const t = useTexts('app')
  const page = pageAt(allPages, path)
  if (!page) return null
  const outer = page.within === undefined ? null : pageAt(allPages, page.within)
  const areaPath = navigation[page.area][0]?.pages[0]?.path
  return (
    <nav aria-label={t('shell.breadcrumbs')} className={classes.crumbs}>
      <ol className={classes.list}>
        <li>
          {areaPath && areaPath !== page.path ? (
            <Link to={areaPath} className={classes.link}>
              {t(`areas.${page.area}`)}
            </Link>
          ) : (
            t(`areas.${page.area}`)
          )}
        </li>
        {outer && (
          <li className={classes.crumb}>
            <ChevronRight className={classes.mark} size={14} aria-hidden />
            <Link to={outer.path} className={classes.link}>
              {say<string>(outer.module, outer.titleKey)}
            </Link>
          </li>
        )}
        <li className={classes.crumb}>
          <ChevronRight className={classes.mark} size={14} aria-hidden />
          <span aria-current="page">{say<string>(page.module, page.titleKey)}</span>
        </li>
      </ol>
    </nav>
  )
}
