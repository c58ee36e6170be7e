import { useEffect, useState } from 'react'
import { faultOf, isDrawable, type PictureFault } from './picture-file.ts'

export type ChosenPicture = { readonly file: File; readonly url: string }
type Fault = { readonly reason: PictureFault; readonly bytes: number }

/** A file on its way to the crop dialog, or why it cannot go there. */
export const useChosenPicture = () => {
  const [picture, setPicture] = useState<ChosenPicture | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const [fault, setFault] = useState<Fault | null>(null)

  useEffect(() => {
    if (!picture) return undefined
    return () => URL.revokeObjectURL(picture.url)
  }, [picture])

  const refuse = (reason: PictureFault, file: File) => setFault({ reason, bytes: file.size })

  const take = async (file: File) => {
    setFault(null)
    const reason = faultOf(file)
    if (reason) return refuse(reason, file)
    const url = URL.createObjectURL(file)
    if (!(await isDrawable(url))) {
      URL.revokeObjectURL(url)
      return refuse('unreadable', file)
    }
    setPicture({ file, url })
    setIsOpen(true)
  }

  return {
    picture,
    fault,
    isOpen,
    take: (file: File) => void take(file),
    close: () => setIsOpen(false),
  } as const
}
