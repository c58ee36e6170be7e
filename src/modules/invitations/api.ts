export { invitationKind } from './kind.ts'
export { mayJoin, signInSettings } from './settings.ts'
export {
  deleteInvitation,
  deleteInvitationTo,
  findInvitation,
  findInvitationTo,
  insertInvitation,
  listInvitations,
  updateInvitation,
} from './store.ts'
export type { InvitationTables } from './tables.ts'
