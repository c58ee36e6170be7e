import { Suspense, startTransition, useEffect, useRef, useState } from 'react'
import { usePathname } from '#web/lib/navigate.ts'
import { useTexts } from '#web/lib/texts.ts'
import { BrandMark } from '#web/ui/BrandMark.tsx'
import { EntranceSkeleton } from '#web/ui/plain/EntranceCard.tsx'
import { BowLines } from './BowLines.tsx'
import classes from './Entrance.module.css'
import { LanguageSwitch } from './LanguageSwitch.tsx'
import { PageBoundary } from './PageBoundary.tsx'
import { componentOf, pageAt } from './pages.ts'
import { ThemeSwitch } from './ThemeSwitch.tsx'

/** The old page stays until the new one is there: nothing flashes between two forms. */
const useSettledPathname = () => {
  const pathname = usePathname()
  const [settled, setSettled] = useState(pathname)
  useEffect(() => startTransition(() => setSettled(pathname)), [pathname])
  return settled
}

/** After a change of page the reader goes on at its heading; the browser does this only for full loads. */
const useHeadingFocus = (pathname: string) => {
  const first = useRef(pathname)
  useEffect(() => {
    if (first.current === pathname) return
    first.current = ''
    document.querySelector<HTMLElement>('[data-page-title]')?.focus()
  }, [pathname])
}

export const Entrance = () => {
  const t = useTexts('web')
  const pathname = useSettledPathname()
  useHeadingFocus(pathname)
  const page = pageAt(pathname)
  const Page = componentOf(page)
  return (
    <div className={classes.entrance}>
      <BowLines />
      <main className={classes.main}>
        <div className={classes.card}>
          <div className={classes.brand}>
            <BrandMark size={36} label={t('product')} />
          </div>
          {/* Around the keyed boundary: a new place to wait in would show its skeleton at once. */}
          <Suspense fallback={<EntranceSkeleton fields={2} />}>
            <PageBoundary key={pathname}>
              <Page />
            </PageBoundary>
          </Suspense>
        </div>
      </main>
      <footer className={classes.footer}>
        <span className={classes.product}>{t('product')}</span>
        <LanguageSwitch />
        <ThemeSwitch />
      </footer>
    </div>
  )
}
