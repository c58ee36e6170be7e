import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { type Fact, Facts } from '#web/ui/Facts.tsx'
import { ExactMoment } from '#web/ui/MomentText.tsx'
import { SessionName } from './SessionName.tsx'
import { methodName, placeName, type Session } from './session-words.ts'

const joined = (...parts: readonly (string | null)[]) => parts.filter(Boolean).join(' ') || null

/** Everything that is known of one session; what could not be told says so. */
export const SessionDetails = ({ session }: { readonly session: Session }) => {
  const t = useTexts('sessions')
  const formatter = useFormatter()
  const known = (value: string | null) => value ?? t('details.notKnown')
  const moment = (at: string | null) => (at ? <ExactMoment at={at} /> : t('details.notKnown'))
  const facts: readonly Fact[] = [
    { label: t('details.name'), value: <SessionName session={session} /> },
    { label: t('details.browser'), value: known(joined(session.browser, session.browserVersion)) },
    {
      label: t('details.system'),
      value: known(joined(session.operatingSystem, session.operatingSystemVersion)),
    },
    { label: t('details.type'), value: t(`type.${session.deviceType}`) },
    { label: t('details.model'), value: known(session.deviceModel) },
    { label: t('details.engine'), value: known(session.engine) },
    { label: t('details.architecture'), value: known(session.architecture) },
    { label: t('details.address'), value: session.address, isCode: true },
    { label: t('details.location'), value: placeName(session, t, formatter) },
    { label: t('details.method'), value: methodName(session.signInMethod, t) },
    { label: t('details.created'), value: moment(session.createdAt) },
    { label: t('details.lastAuthenticated'), value: moment(session.lastAuthenticatedAt) },
    { label: t('details.lastActive'), value: moment(session.lastActiveAt) },
    { label: t('details.modified'), value: moment(session.modifiedAt) },
    { label: t('details.idleEnds'), value: moment(session.idleExpiresAt) },
    { label: t('details.ends'), value: moment(session.expiresAt) },
    {
      label: t('details.keep'),
      value: t(session.keepSignedIn ? 'details.keepYes' : 'details.keepNo'),
    },
    { label: t('details.deviceFirstSeen'), value: moment(session.deviceFirstSeenAt) },
    { label: t('details.id'), value: session.id, isCode: true },
  ]
  return <Facts facts={facts} />
}
