/** What the browser said of itself: User-Agent plus client hints (https://wicg.github.io/ua-client-hints/). Claims, never proofs. */
export type ClientHints = {
  readonly platform?: string
  readonly platformVersion?: string
  readonly model?: string
  readonly architecture?: string
  readonly bitness?: string
  readonly mobile?: boolean
}

/** The far end of one request. */
export type Client = {
  /** Canonical IP address, after the configured number of trusted proxies. */
  readonly address: string
  readonly userAgent: string
  readonly hints: ClientHints
  /** Value of the device cookie; says "the same browser as before" and nothing about who. */
  readonly device: string | null
  /** Value of the cookie of a sign-in that waits for its second step. Never a session: only the sign-in reads it. */
  readonly pending: string | null
  readonly requestId: string
}

/** How sure we are that it is them, from the credential itself. Moments in epoch milliseconds. */
export type Assurance = {
  /** Ways proven in this session, e.g. `password`. Empty for keys. */
  readonly methods: readonly string[]
  /** Last time a way was proven; activity never moves it. 0 for keys: they can never satisfy a confirmation. */
  readonly authenticatedAt: number
  /** Last time a second factor was proven, or 0. An account that has one is only confirmed by one. */
  readonly strongAt: number
}

/** A caller without a credential. */
export type Visitor = { readonly kind: 'visitor'; readonly client: Client }

/** The product itself: jobs and deliveries. */
export type System = { readonly kind: 'system'; readonly client: Client }

/** A person, or a key acting for one. The effective right is role permissions ∩ scopes ∩ organisation. */
export type Person = {
  readonly kind: 'session' | 'token' | 'api-key' | 'agent'
  readonly client: Client
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly pictureVersion: string | null
  readonly role: string
  readonly organisation: { readonly id: string; readonly name: string }
  /** Ids without the namespace, e.g. `account.view`. */
  readonly permissions: ReadonlySet<string>
  /** `all` for a browser session; what the key was granted otherwise. */
  readonly scopes: 'all' | ReadonlySet<string>
  /** Id of the session or key; shown in the audit trail as a hash. */
  readonly credentialId: string
  /** Epoch milliseconds, or null when the credential does not end by itself. */
  readonly expiresAt: number | null
  readonly assurance: Assurance
}

/** A program that acts for itself: its right is what it was granted, and no person's role takes part in it. */
export type RegisteredClient = {
  readonly kind: 'client'
  readonly client: Client
  readonly clientId: string
  readonly name: string
  readonly organisation: { readonly id: string; readonly name: string }
  readonly scopes: ReadonlySet<string>
  /** Id of the secret or token it showed; in the audit trail as a hash. */
  readonly credentialId: string
  /** Epoch milliseconds, or null when the credential does not end by itself. */
  readonly expiresAt: number | null
}

export type Actor = Visitor | Person | RegisteredClient | System
