import { Navigate } from '@tanstack/react-router'
import { useMe } from '#web/lib/queries.ts'
import { allPages } from '../modules.ts'
import { landingPath, navigationFor } from '../navigation.ts'
import { NotFoundPage } from './NotFoundPage.tsx'

export const Landing = () => {
  const { permissions } = useMe()
  const path = landingPath(navigationFor(allPages, permissions))
  return path ? <Navigate to={path} replace /> : <NotFoundPage />
}
