import { Modal } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ContributionsContext } from '#web/ui/contributions.ts'
import classes from './App.module.css'
import { contributions } from './contributions.ts'
import type { AppRouter } from './router.tsx'

type Props = { readonly queryClient: QueryClient; readonly router: AppRouter }

export const App = ({ queryClient, router }: Props) => (
  <QueryClientProvider client={queryClient}>
    <ContributionsContext value={contributions}>
      <Modal.Stack>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" limit={3} className={classes.toasts} />
      </Modal.Stack>
    </ContributionsContext>
  </QueryClientProvider>
)
