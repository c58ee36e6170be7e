import { Modal } from '@mantine/core'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { useReturnedFocus } from '#web/ui/use-returned-focus.ts'
import type { Navigation } from '../navigation.ts'
import classes from './Palette.module.css'
import { closePalette, useIsPaletteOpen } from './palette-state.ts'
import { type Command, matching, useCommands } from './use-commands.ts'

const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  PageDown: (_, count) => count - 1,
  PageUp: () => 0,
}

type OptionsProps = {
  readonly id: string
  readonly found: readonly Command[]
  readonly index: number
  readonly point: (index: number) => void
  readonly run: (command: Command) => void
}

const Options = ({ id, found, index, point, run }: OptionsProps) => {
  const t = useTexts('app')
  const list = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the option of the new index is what comes into view.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [index])

  return (
    <div id={id} ref={list} className={classes.list} role="listbox" aria-label={t('palette.label')}>
      {found.map((command, position) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the field, which keeps the focus.
        <div
          key={command.id}
          id={`${id}-${position}`}
          role="option"
          tabIndex={-1}
          aria-selected={position === index}
          className={classes.option}
          onPointerMove={() => point(position)}
          onClick={() => run(command)}
        >
          <command.icon size={18} strokeWidth={1.75} aria-hidden />
          <span className={classes.label}>{command.label}</span>
          <span className={classes.hint}>{command.hint}</span>
        </div>
      ))}
    </div>
  )
}

const Choices = ({ navigation }: { readonly navigation: Navigation }) => {
  const t = useTexts('app')
  const [typed, setTyped] = useState('')
  const [index, setIndex] = useState(0)
  const listId = useId()
  const found = matching(useCommands(navigation), typed)
  const chosen = found[index]

  const run = (command: Command) => {
    closePalette()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = steps[event.key]
    if (event.key === 'Enter' && chosen) run(chosen)
    else if (step && found.length > 0) setIndex(step(index, found.length))
    else return
    event.preventDefault()
  }

  return (
    <>
      <div className={classes.field}>
        <Search className={classes.glass} size={18} aria-hidden />
        <input
          className={classes.input}
          type="text"
          role="combobox"
          aria-label={t('palette.label')}
          aria-expanded
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={chosen ? `${listId}-${index}` : undefined}
          placeholder={t('palette.placeholder')}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            setIndex(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <Options id={listId} found={found} index={index} point={setIndex} run={run} />
      <p className={classes.none} role="status">
        {found.length === 0 && t('palette.nothing', { typed })}
      </p>
    </>
  )
}

/** Type where you want to go, or what to do. */
export const Palette = ({ navigation }: { readonly navigation: Navigation }) => {
  const t = useTexts('app')
  const stackId = useId()
  const isOpen = useIsPaletteOpen()
  useReturnedFocus(isOpen)
  return (
    <Modal
      opened={isOpen}
      returnFocus={false}
      onClose={closePalette}
      stackId={stackId}
      size={560}
      yOffset="12dvh"
      withCloseButton={false}
      attributes={{ content: { 'aria-label': t('palette.label') } }}
      transitionProps={{ duration: 120, transition: 'fade' }}
      overlayProps={{ backgroundOpacity: 0.4 }}
      classNames={{ content: classes.content, body: classes.body }}
    >
      <Choices navigation={navigation} />
    </Modal>
  )
}
