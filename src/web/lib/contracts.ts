/**
 * The contracts the typed client is derived from: types only, so nothing of them is bundled.
 * One line per module; the build fails when a contract is missing here.
 */
export type Contracts = {
  account: typeof import('#modules/account/contract.ts')
  activity: typeof import('#modules/activity/contract.ts')
  password: typeof import('#modules/password/contract.ts')
  people: typeof import('#modules/people/contract.ts')
  sessions: typeof import('#modules/sessions/contract.ts')
  signIn: typeof import('#modules/sign-in/contract.ts')
}
