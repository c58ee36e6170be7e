import { CodeForm } from './CodeForm.tsx'
import { PasskeyStep } from './PasskeyStep.tsx'
import type { Method, Proving } from './prove.ts'

/** One way to give a proof, the same wherever it is asked for. */
export const Step = ({ method, ...proving }: Proving & { readonly method: Method }) =>
  method === 'passkey' ? <PasskeyStep {...proving} /> : <CodeForm {...proving} method={method} />
