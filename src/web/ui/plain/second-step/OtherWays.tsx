import { ChevronRight, KeyRound, LifeBuoy, Lock, type LucideIcon, Smartphone } from 'lucide-react'
import { useId } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import classes from './OtherWays.module.css'
import { type Method, useMethodWords } from './prove.ts'

const icons: Readonly<Record<Method, LucideIcon>> = {
  passkey: KeyRound,
  totp: Smartphone,
  'recovery-code': LifeBuoy,
  password: Lock,
}

type Props = { readonly methods: readonly Method[]; readonly choose: (method: Method) => void }

type WayProps = { readonly method: Method; readonly choose: Props['choose'] }

const OtherWay = ({ method, choose }: WayProps) => {
  const words = useMethodWords(method)
  const Icon = icons[method] ?? Lock
  return (
    <button type="button" className={classes.way} onClick={() => choose(method)}>
      <Icon className={classes.icon} size={16} aria-hidden />
      <span className={classes.name}>{words('choose')}</span>
      <ChevronRight className={classes.chevron} size={16} aria-hidden />
    </button>
  )
}

/** The rest of the ways, strongest first. */
export const OtherWays = ({ methods, choose }: Props) => {
  const t = useTexts('web')
  const id = useId()
  if (methods.length === 0) return null
  return (
    <section className={classes.others} aria-labelledby={id}>
      <h2 className={classes.heading} id={id}>
        {t('secondStep.otherWays')}
      </h2>
      <ul className={classes.list}>
        {methods.map((method) => (
          <li key={method}>
            <OtherWay method={method} choose={choose} />
          </li>
        ))}
      </ul>
    </section>
  )
}
