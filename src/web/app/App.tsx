import { Modal } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { CardSlotContext } from '#web/ui/CardSlot.tsx'
import classes from './App.module.css'
import { drawSlot } from './cards.tsx'
import type { AppRouter } from './router.tsx'

type Props = { readonly queryClient: QueryClient; readonly router: AppRouter }

export const App = ({ queryClient, router }: Props) => (
  <QueryClientProvider client={queryClient}>
    <CardSlotContext value={drawSlot}>
      <Modal.Stack>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" limit={3} className={classes.toasts} />
      </Modal.Stack>
    </CardSlotContext>
  </QueryClientProvider>
)
