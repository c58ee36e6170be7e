import { z } from 'zod'

const Base64Url = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]*={0,2}$/)
    .max(max)

/** What `navigator.credentials` answers, as JSON (WebAuthn Level 3 §5.1.8). Checked in full by the verifier. */
const Response = z.object({
  id: Base64Url(1400),
  rawId: Base64Url(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  clientExtensionResults: z.record(z.string().max(60), z.unknown()).default({}),
})
export const RegistrationResponse = Response.extend({
  response: z.object({
    clientDataJSON: Base64Url(8000),
    attestationObject: Base64Url(32_000),
    transports: z.array(z.string().max(20)).max(10).optional(),
    authenticatorData: Base64Url(8000).optional(),
    publicKey: Base64Url(8000).optional(),
    publicKeyAlgorithm: z.int().optional(),
  }),
})
export const AuthenticationResponse = Response.extend({
  response: z.object({
    clientDataJSON: Base64Url(8000),
    authenticatorData: Base64Url(8000),
    signature: Base64Url(4000),
    userHandle: Base64Url(200).nullish(),
  }),
})
