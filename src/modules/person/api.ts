export { createPerson } from './create-person.ts'
export { requireEmail } from './email.ts'
export { organisationCreated } from './events.ts'
export { holderColumns, holderOf } from './holder.ts'
export { requireManageable, requireNotAbove } from './manageable.ts'
export { happening, securityNotice } from './notice.ts'
export { pictureUrl } from './picture-url.ts'
export {
  claimUsername,
  countUsernames,
  findOnlyOrganisation,
  findOrganisation,
  findPersonByEmail,
  findPersonById,
  insertOrganisation,
  lockPerson,
  organisationName,
  raiseEpoch,
  updatePerson,
} from './store.ts'
/** Columns that another module's query may join: the owner of a session and their rights. */
export type { PersonTables } from './tables.ts'
export { requireWayInRemains } from './way-in.ts'
