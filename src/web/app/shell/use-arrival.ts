import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { pages } from '#web/lib/client.ts'
import { say, useTexts } from '#web/lib/texts.ts'
import { allPages } from '../modules.ts'
import { pageAt } from '../navigation.ts'

const titleOf = (path: string): string => {
  if (path === pages.signIn.confirm) return say<string>('app', 'confirm.title')
  const page = pageAt(allPages, path)
  return page ? say<string>(page.module, page.titleKey) : say<string>('app', 'notFound.title')
}

/**
 * After a navigation the document says where it is and the focus goes to the heading of the page, as it
 * would after loading one. The first page is left alone: there the browser has put the focus already.
 */
export const useArrival = (): void => {
  const router = useRouter()
  const t = useTexts('app')

  useEffect(() => {
    const nameDocument = () => {
      document.title = t('document.title', { page: titleOf(router.state.location.pathname) })
    }
    nameDocument()
    return router.subscribe('onRendered', ({ fromLocation, toLocation, pathChanged }) => {
      nameDocument()
      // What a fragment leads to takes the focus by itself.
      if (!fromLocation || !pathChanged || toLocation.hash) return
      const heading = document.querySelector<HTMLElement>('[data-page-title]')
      ;(heading ?? document.getElementById('content'))?.focus({ preventScroll: true })
    })
  }, [router, t])
}
