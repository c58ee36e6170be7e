import { type FormEvent, type RefObject, useRef, useState } from 'react'
import { holdsPrivateKey, keyFileBytesMax, readKeyFile } from './key-text.ts'

type KeyFault = 'private' | 'fileTooLarge' | 'fileUnreadable'

/** What was typed, pasted or dropped is looked at before anything else; a private key is wiped off the page at once. */
export const useKeyField = (form: RefObject<HTMLFormElement | null>) => {
  const [fault, setFault] = useState<KeyFault | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const area = () => {
    const found = form.current?.elements.namedItem('publicKey')
    return found instanceof HTMLTextAreaElement ? found : null
  }

  const put = (text: string) => {
    const field = area()
    if (!field) return
    const isPrivate = holdsPrivateKey(text)
    if (field.value !== text || isPrivate) field.value = isPrivate ? '' : text
    // The wiping is an input as well, and must not take away the words about it.
    if (isPrivate) setFault('private')
    else if (text) setFault(null)
  }
  const onInput = (event: FormEvent<HTMLFormElement>) => {
    if (event.target === area()) put(area()?.value ?? '')
  }
  const take = async (file: File) => {
    if (file.size > keyFileBytesMax) return setFault('fileTooLarge')
    try {
      put(await readKeyFile(file))
    } catch {
      setFault('fileUnreadable')
    }
    area()?.focus()
  }
  const choose = {
    ref: input,
    onChange: () => {
      const file = input.current?.files?.[0]
      if (file) void take(file)
      // The same file may be chosen again after it was changed.
      if (input.current) input.current.value = ''
    },
  } as const
  return { fault, onInput, take, choose, open: () => input.current?.click() } as const
}
