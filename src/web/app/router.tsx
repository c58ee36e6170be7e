import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router'
import { pageAs } from '#web/lib/client.ts'
import { PageSkeleton } from '#web/ui/Skeletons.tsx'
import { allPages, type FoundPage, loadWithTexts } from './modules.ts'
import { FaultPage, RootFaultPage } from './pages/FaultPage.tsx'
import { Landing } from './pages/Landing.tsx'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { Shell } from './shell/Shell.tsx'

const rootRoute = createRootRoute({ component: Shell, errorComponent: RootFaultPage })

const lazyPage = (page: FoundPage): RouteComponent =>
  lazyRouteComponent(async () => ({ Page: await loadWithTexts(page) }), 'Page')

const pageRoutes = allPages.map((page) =>
  createRoute({ getParentRoute: () => rootRoute, path: page.path, component: lazyPage(page) }),
)

/** Of the shell itself, because it asks every module how it can be proved. */
const confirmRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: pageAs.confirm,
  component: lazyRouteComponent(() => import('./confirm/ConfirmPage.tsx'), 'ConfirmPage'),
})

/** Addresses that users type or shorten: all of them mean "take me in". */
const landingRoutes = ['/', '/admin', '/admin/account'].map((path) =>
  createRoute({ getParentRoute: () => rootRoute, path, component: Landing }),
)

/** An address holds words: by default the router reads them as JSON and rewrites what comes repeatedly. */
const parseSearch = (text: string): Record<string, readonly string[]> => {
  const query = new URLSearchParams(text)
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]))
}

const stringifySearch = (search: Readonly<Record<string, unknown>>): string => {
  const pairs = Object.entries(search).flatMap(([key, values]) =>
    [values].flat().map((value) => [key, String(value)]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

export const createAppRouter = () =>
  createRouter({
    parseSearch,
    stringifySearch,
    routeTree: rootRoute.addChildren([...pageRoutes, confirmRoute, ...landingRoutes]),
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: FaultPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  })

export type AppRouter = ReturnType<typeof createAppRouter>
