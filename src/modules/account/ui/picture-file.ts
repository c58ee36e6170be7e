import { uploads } from '#web/lib/client.ts'

export const { types: pictureTypes, bytesMax: pictureBytesMax } = uploads.account.setPicture

export type PictureFault = 'wrongType' | 'tooLarge' | 'empty' | 'unreadable'

/** What can be told before anything is sent. The server looks at the content again. */
export const faultOf = (file: File): PictureFault | null => {
  if (!pictureTypes.includes(file.type)) return 'wrongType'
  if (file.size === 0) return 'empty'
  return file.size > pictureBytesMax ? 'tooLarge' : null
}

/** Whether this browser can draw it: the crop dialog would stay empty otherwise. */
export const isDrawable = async (url: string): Promise<boolean> => {
  const image = new Image()
  image.src = url
  return image.decode().then(
    () => true,
    () => false,
  )
}
