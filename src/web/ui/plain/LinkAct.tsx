import { type ReactNode, useState } from 'react'
import { asProblem, type Problem } from '#web/lib/client.ts'
import { takenFromFragment } from '#web/lib/fragment.ts'
import { EntranceCard } from './EntranceCard.tsx'
import { ProblemNotice } from './Notice.tsx'
import { PlainFacts } from './PlainFacts.tsx'
import { ActButton } from './SubmitButton.tsx'

type Words = { readonly title: string; readonly intro: string }

type Props = {
  readonly open: Words & { readonly facts: readonly string[]; readonly act: string }
  readonly done: Words
  readonly spent: Words
  readonly incomplete: Words
  /** Refusal of a link that is used up, too old or made up. */
  readonly spentCode: string
  readonly act: (token: string) => Promise<unknown>
  /** Where to go on, under every end. */
  readonly next: ReactNode
}

/**
 * A mailed link that does one thing. Opening it does nothing: mail scanners open every link, and so
 * do previews. The person presses the button.
 */
export const LinkAct = ({ act, spentCode, next, ...words }: Props) => {
  const token = takenFromFragment('token')
  const [end, setEnd] = useState<'done' | 'spent' | null>(null)
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const press = async () => {
    setPending(true)
    setProblem(null)
    try {
      await act(token ?? '')
      setEnd('done')
    } catch (error) {
      const refused = asProblem(error)
      if (refused.code === spentCode) setEnd('spent')
      else setProblem(refused)
    }
    setPending(false)
  }

  if (token !== null && end === null) {
    const { title, intro, facts, act } = words.open
    return (
      <EntranceCard key="open" title={title} intro={intro}>
        <PlainFacts facts={facts} />
        <ProblemNotice problem={problem} />
        <ActButton pending={pending} onPress={() => void press()}>
          {act}
        </ActButton>
      </EntranceCard>
    )
  }
  return (
    <EntranceCard
      key={end ?? 'incomplete'}
      {...words[end ?? 'incomplete']}
      takesFocus={end !== null}
    >
      {next}
    </EntranceCard>
  )
}
