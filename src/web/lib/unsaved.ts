import { type RefObject, useEffect, useRef } from 'react'

type Question = () => boolean

const questions = new Set<Question>()

/** Whether anything on screen would be lost by leaving it. Asked when the user leaves, never before. */
export const isWorkUnsaved = (): boolean => [...questions].some((ask) => ask())

/** For what is not simply a form: `ask` says whether leaving now would lose work. */
export const useUnsavedWork = (ask: Question): void => {
  const latest = useRef(ask)
  useEffect(() => {
    latest.current = ask
  })
  useEffect(() => {
    const question = () => latest.current()
    questions.add(question)
    return () => {
      questions.delete(question)
    }
  }, [])
}

const isTouched = (element: Element): boolean => {
  if (element instanceof HTMLTextAreaElement) return element.value !== element.defaultValue
  if (!(element instanceof HTMLInputElement)) return false
  if (element.type === 'file' || element.type === 'hidden' || element.readOnly) return false
  if (element.type === 'checkbox' || element.type === 'radio')
    return element.checked !== element.defaultChecked
  return element.value.trim() !== element.defaultValue.trim()
}

/** Whether a form whose fields keep their own values differs from what it opened with. */
export const isFormTouched = (form: HTMLFormElement | null, names?: readonly string[]): boolean =>
  [...(form?.elements ?? [])].some(
    (element) =>
      isTouched(element) && (!names || names.includes(element.getAttribute('name') ?? '')),
  )

/** `names`: only these fields are work; a password manager fills in others by itself. */
export const useUnsavedForm = (
  form: RefObject<HTMLFormElement | null>,
  names?: readonly string[],
): void => useUnsavedWork(() => isFormTouched(form.current, names))
