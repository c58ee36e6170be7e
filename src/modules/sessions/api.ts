export { completeSignIn, openSession } from './complete-sign-in.ts'
export { forgetStrongDevices, listDevices } from './device-store.ts'
export {
  confirmSession,
  endOtherSessions,
  endOwnSession,
  renewSession,
  requireStillSignedIn,
} from './own-session.ts'
export { endPending, endPendingOf, findPending, takeTry } from './pending.ts'
