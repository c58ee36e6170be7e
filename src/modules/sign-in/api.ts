export { invitationKind } from './joining.ts'
export { mayJoin } from './settings.ts'
export { prepareSetup } from './setup.ts'
