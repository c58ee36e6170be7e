export { completeSignIn, openSession } from './complete-sign-in.ts'
export {
  confirmSession,
  endOtherSessions,
  endOwnSession,
  renewSession,
  requireStillSignedIn,
} from './own-session.ts'
export { endPending, endPendingOf, findPending, takeTry } from './pending.ts'
export { forgetStrongDevices, listDevices } from './store.ts'
