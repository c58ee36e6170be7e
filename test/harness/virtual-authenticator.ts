import type { Page } from 'playwright-core'

export type KeptPasskey = {
  readonly credentialId: string
  readonly isResidentCredential: boolean
  readonly rpId?: string
  readonly privateKey: string
  readonly userHandle?: string
  readonly signCount: number
}

export type VirtualAuthenticator = {
  /** Whether the user touches it by themselves, as autofill needs, or waits until a button was pressed. */
  readonly touch: (enabled: boolean) => Promise<void>
  readonly kept: () => Promise<readonly KeptPasskey[]>
  readonly forget: (passkey: KeptPasskey) => Promise<void>
  readonly keep: (passkey: KeptPasskey) => Promise<void>
}

/** Chromium's own authenticator in software: verifies its person, keeps what it makes. Belongs to one page. */
export const plugInAuthenticator = async (page: Page): Promise<VirtualAuthenticator> => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    touch: async (enabled) => {
      await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
    kept: async () => {
      const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId })
      return credentials
    },
    forget: async ({ credentialId }) => {
      await devtools.send('WebAuthn.removeCredential', { authenticatorId, credentialId })
    },
    keep: async (credential) => {
      await devtools.send('WebAuthn.addCredential', { authenticatorId, credential })
    },
  }
}

/**
 * A browser that offers no passkeys in the autofill of a field, as some do: then a passkey is used when the button is
 * pressed, and at no other time.
 */
export const withoutPasskeyAutofill = (page: Page) =>
  page.addInitScript({
    content: 'PublicKeyCredential.getClientCapabilities = async () => ({ conditionalGet: false })',
  })
