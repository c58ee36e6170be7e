import { useDisclosure } from '@mantine/hooks'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useMemo } from 'react'
import { useMe } from '#web/lib/queries.ts'
import { useTexts } from '#web/lib/texts.ts'
import { CardSlot } from '#web/ui/CardSlot.tsx'
import { PageSkeleton } from '#web/ui/Skeletons.tsx'
import { ConfirmDialog } from '../confirm/ConfirmDialog.tsx'
import { allPages } from '../modules.ts'
import { isAccountPath, type Navigation, navigationFor, pageAt } from '../navigation.ts'
import { Guard } from '../pages/Guard.tsx'
import { PaletteHost } from '../palette/PaletteHost.tsx'
import { rememberSignedIn } from '../session/leave.ts'
import { watchSession } from '../session/watch-session.ts'
import { AccountNav } from './AccountNav.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { LeaveGuard } from './LeaveGuard.tsx'
import { NavDrawer } from './NavDrawer.tsx'
import classes from './Shell.module.css'
import { ShellSkeleton } from './ShellSkeleton.tsx'
import { Sidebar } from './Sidebar.tsx'
import { TopBar } from './TopBar.tsx'
import { useArrival } from './use-arrival.ts'
import { useSidebarWidth } from './use-sidebar-width.ts'

const Content = ({ navigation }: { readonly navigation: Navigation }) => {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const isAccount = isAccountPath(path, navigation)
  const needs = pageAt(allPages, path)?.needs
  return (
    <main id="content" tabIndex={-1} className={classes.main}>
      <div className={classes.frame} data-account={isAccount || undefined}>
        {isAccount && <AccountNav groups={navigation.account} />}
        <div className={classes.column}>
          <Breadcrumbs navigation={navigation} path={path} />
          <Suspense fallback={<PageSkeleton />}>
            <Guard needs={needs}>
              <Outlet />
            </Guard>
          </Suspense>
          <div className={classes.foot}>
            <CardSlot name="foot" />
          </div>
        </div>
      </div>
    </main>
  )
}

const SignedIn = () => {
  const t = useTexts('app')
  const { userId, permissions } = useMe()
  const navigation = useMemo(() => navigationFor(allPages, permissions), [permissions])
  const [isDrawerOpen, drawer] = useDisclosure()
  const sidebar = useSidebarWidth()
  useArrival()

  useEffect(() => {
    rememberSignedIn(userId)
    return watchSession()
  }, [userId])

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t('shell.skip')}
      </a>
      <TopBar onOpenMenu={drawer.open} isMenuOpen={isDrawerOpen} />
      <div className={classes.body}>
        <Sidebar navigation={navigation} isNarrow={sidebar.isNarrow} onToggle={sidebar.toggle} />
        <Content navigation={navigation} />
      </div>
      <NavDrawer navigation={navigation} opened={isDrawerOpen} onClose={drawer.close} />
      <PaletteHost navigation={navigation} />
      <LeaveGuard />
      <ConfirmDialog />
    </div>
  )
}

/** Everything around a page. Who is signed in is known before anything of it is drawn. */
export const Shell = () => (
  <Suspense fallback={<ShellSkeleton />}>
    <SignedIn />
  </Suspense>
)
