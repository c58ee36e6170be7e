import { type ReactNode, useState } from 'react'
import { rememberedEmail } from '#web/lib/remembered-email.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EntranceCard } from '../EntranceCard.tsx'
import { OtherWays } from './OtherWays.tsx'
import { knownOf, type Method, type Proving, useMethodWords } from './prove.ts'
import { Step } from './Step.tsx'

type Props = Omit<Proving, 'wrongText' | 'email' | 'wayOut'> & {
  readonly title: string
  readonly methods: readonly string[]
  /** Follows the sentence about a wrong proof, e.g. how many tries are left. */
  readonly afterWrong?: () => string
  readonly footer: ReactNode
}

/** Where typing can start at once the field takes the focus; where that would raise a keyboard, the heading does. */
const headingTakesFocus = (method: Method | undefined) =>
  method === undefined || method === 'passkey' || !matchMedia('(pointer: fine)').matches

/** The second factor, in one of the ways the account has. */
export const SecondStep = ({ title, methods, afterWrong, footer, ...proving }: Props) => {
  const t = useTexts('web')
  const known = knownOf(methods)
  const [chosen, setChosen] = useState<Method | undefined>()
  const method = known.find((one) => one === chosen) ?? known[0]
  const words = useMethodWords(method ?? 'password')
  const wrongText = () => [words('wrong'), afterWrong?.()].filter(Boolean).join(' ')
  return (
    <EntranceCard
      key={method}
      title={title}
      intro={method ? words('intro') : t('secondStep.noWay')}
      footer={footer}
      takesFocus={headingTakesFocus(method)}
    >
      {method && (
        <Step {...proving} method={method} email={rememberedEmail()} wrongText={wrongText} />
      )}
      <OtherWays methods={known.filter((one) => one !== method)} choose={setChosen} />
    </EntranceCard>
  )
}
