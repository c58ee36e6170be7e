/** Its migration stands with `recovery-codes`: one migration made the tables of both. */
export type TwoFactorTables = {
  authenticators: {
    id: string
    user_id: string
    name: string
    /** 160 bits, sealed and bound to this row. */
    secret: Uint8Array
    position: number
    /** Time step of the last code that was accepted: a code works once (RFC 6238 §5.2). */
    last_step: number
    created_at: number
    /** Null during set-up: such an app protects nothing yet. */
    confirmed_at: number | null
    last_used_at: number | null
    setup_expires_at: number
  }
}
