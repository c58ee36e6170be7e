import { fieldRefusal } from '@latchkey/kit'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { refusals } from './contract.ts'

/** The one spelling of an address, or a refusal that says what is wrong with it. */
export const requireEmail = (typed: string): string => {
  const email = canonicalEmail(typed)
  if (!email) throw fieldRefusal(refusals.address_invalid, '/email')
  return email
}
