import { ActionIcon, Button } from '@mantine/core'
import { Pencil } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { asProblem, type Problem } from '#web/lib/client.ts'
import { atMost, firstOf, required } from '#web/lib/field-checks.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useUnsavedWork } from '#web/lib/unsaved.ts'
import classes from './EditableName.module.css'
import { InlineProblem } from './InlineProblem.tsx'
import { ProgressButton } from './ProgressButton.tsx'

type Props = {
  readonly name: string
  /** Characters its contract takes. */
  readonly max?: number
  /** Stores the new name; the caller shows it from then on. */
  readonly save: (name: string) => Promise<void>
}

type EditorProps = Props & { readonly close: () => void }

const useSaving = ({ name, max = nameMax, save, close }: EditorProps) => {
  const [isPending, setIsPending] = useState(false)
  const [fault, setFault] = useState<string | undefined>()
  const [problem, setProblem] = useState<Problem | null>(null)
  const send = async (typed: string) => {
    if (isPending) return
    const wanted = typed.trim()
    const wrong = firstOf(wanted, required, atMost(max))
    setFault(wrong)
    setProblem(null)
    if (wrong) return
    if (wanted === name) return close()
    setIsPending(true)
    try {
      await save(wanted)
      close()
    } catch (error) {
      setProblem(asProblem(error))
      setIsPending(false)
    }
  }
  return { isPending, fault, problem, send } as const
}

const Editor = (props: EditorProps) => {
  const t = useTexts('app')
  const input = useRef<HTMLInputElement>(null)
  const faultId = useId()
  const { isPending, fault, problem, send } = useSaving(props)
  useEffect(() => input.current?.select(), [])
  useUnsavedWork(() => input.current?.value.trim() !== props.name)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send(input.current?.value ?? '')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    props.close()
  }
  return (
    <form className={classes.editor} onSubmit={submit} noValidate>
      <input
        ref={input}
        className={classes.input}
        defaultValue={props.name}
        maxLength={props.max ?? nameMax}
        aria-label={t('rename.field', { name: props.name })}
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? faultId : undefined}
        autoComplete="off"
        onKeyDown={onKeyDown}
      />
      <ProgressButton type="submit" size="compact-md" pending={isPending}>
        {t('rename.save')}
      </ProgressButton>
      <Button variant="default" size="compact-md" onClick={props.close}>
        {t('dialog.cancel')}
      </Button>
      <div className={classes.trouble} id={faultId}>
        {fault}
        <InlineProblem problem={problem} />
      </div>
    </form>
  )
}

/** A name that can be changed where it stands. Enter saves, Esc leaves it as it was. */
export const EditableName = (props: Props) => {
  const { name } = props
  const t = useTexts('app')
  const pencil = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)
  const [isEditing, setIsEditing] = useState(false)
  useEffect(() => {
    if (!isEditing && wasEditing.current) pencil.current?.focus()
    wasEditing.current = isEditing
  }, [isEditing])
  if (isEditing) return <Editor {...props} close={() => setIsEditing(false)} />
  return (
    <span className={classes.shown}>
      <span className={classes.name}>{name}</span>
      <ActionIcon
        ref={pencil}
        variant="subtle"
        color="gray"
        size={26}
        aria-label={t('rename.open', { name })}
        onClick={() => setIsEditing(true)}
      >
        <Pencil size={14} aria-hidden />
      </ActionIcon>
    </span>
  )
}
