import type { EventIcon as Name } from '@latchkey/kit'
import {
  Archive,
  Building2,
  CircleAlert,
  CircleCheck,
  KeyRound,
  KeySquare,
  LifeBuoy,
  LockKeyhole,
  LogIn,
  LogOut,
  Mail,
  MonitorSmartphone,
  ShieldCheck,
  Smartphone,
  SquareTerminal,
  Ticket,
  TriangleAlert,
  UserRound,
} from 'lucide-react'
import type { UiIcon } from '#web/lib/ui-module.ts'

const icons: Readonly<Record<Name, UiIcon>> = {
  'api-key': KeySquare,
  archive: Archive,
  building: Building2,
  device: MonitorSmartphone,
  enter: LogIn,
  envelope: Mail,
  key: KeyRound,
  leave: LogOut,
  lifebuoy: LifeBuoy,
  lock: LockKeyhole,
  person: UserRound,
  phone: Smartphone,
  shield: ShieldCheck,
  terminal: SquareTerminal,
  ticket: Ticket,
  warning: TriangleAlert,
}

type Props = {
  /** Null: an event of a module these pages were not built with. */
  readonly name: Name | null
  readonly result: 'success' | 'failure'
}

/** What happened, as a picture. A failure has one of its own, so that it is found at a glance. */
export const EventIcon = ({ name, result }: Props) => {
  const Picture = result === 'failure' ? CircleAlert : name === null ? CircleCheck : icons[name]
  return <Picture size={18} strokeWidth={1.75} aria-hidden />
}
