export type * from './actor.ts'
export type * from './auth-method.ts'
export type * from './catalogue.ts'
export * from './command.ts'
export type * from './context.ts'
export {
  type About,
  type Announce,
  type EventGroup,
  type EventIcon,
  type EventSpec,
  event,
  type Letter,
} from './event.ts'
export type * from './fixtures.ts'
export * from './module.ts'
export * from './operation.ts'
export * from './page.ts'
export type * from './protocol.ts'
export * from './refusal.ts'
export * from './settings.ts'
export * from './work.ts'
