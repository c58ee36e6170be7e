import { useEffect, useState } from 'react'
import { type PasskeySupport, passkeySupport } from '#web/lib/passkey.ts'

/** What this browser can do; null until it has said so. */
export const useSupport = (): PasskeySupport | null => {
  const [support, setSupport] = useState<PasskeySupport | null>(null)
  useEffect(() => {
    void passkeySupport().then(setSupport)
  }, [])
  return support
}
