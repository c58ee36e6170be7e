import { useQueryClient } from '@tanstack/react-query'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { CopyButton } from '#web/ui/CopyButton.tsx'
import { EditableName } from '#web/ui/EditableName.tsx'
import { type Fact, Facts } from '#web/ui/Facts.tsx'
import { ExactMoment } from '#web/ui/MomentText.tsx'
import { replaceSshKey, type SshKey } from './queries.ts'
import classes from './SshKeys.module.css'

const Fingerprint = ({ value }: { readonly value: string }) => {
  const t = useTexts('ssh-keys')
  return (
    <span className={classes.whole}>
      <code className={classes.fingerprint} translate="no">
        {value}
      </code>
      <CopyButton text={value} label={t('details.copy')} size="compact-sm" />
    </span>
  )
}

/** Everything that is known of one key. Its title is changed where it stands. */
export const KeyDetails = ({ sshKey }: { readonly sshKey: SshKey }) => {
  const t = useTexts('ssh-keys')
  const formatter = useFormatter()
  const client = useQueryClient()
  const { id, title, type, bits, fingerprint, createdAt, lastUsedAt, expiresAt, isExpired } = sshKey
  const rename = async (wanted: string) =>
    replaceSshKey(client, await api.sshKeys.update({ keyId: id, title: wanted }))
  const moment = (at: string | null, otherwise: string) =>
    at ? <ExactMoment at={at} /> : otherwise
  const facts: readonly Fact[] = [
    { label: t('details.title'), value: <EditableName name={title} save={rename} /> },
    { label: t('details.type'), value: <bdi>{type}</bdi>, isCode: true },
    { label: t('details.bits'), value: formatter.number(bits) },
    { label: t('details.fingerprint'), value: <Fingerprint value={fingerprint} /> },
    { label: t('details.added'), value: <ExactMoment at={createdAt} /> },
    { label: t('details.used'), value: moment(lastUsedAt, t('details.unused')) },
    {
      label: t(isExpired ? 'details.expired' : 'details.expires'),
      value: moment(expiresAt, t('details.never')),
    },
    { label: t('details.id'), value: <bdi>{id}</bdi>, isCode: true },
  ]
  return <Facts facts={facts} />
}
