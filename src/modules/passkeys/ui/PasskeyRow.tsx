import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EditableName } from '#web/ui/EditableName.tsx'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentFact } from '#web/ui/MomentText.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import { ProviderIcon } from './ProviderIcon.tsx'
import { keepPasskeys, type Passkey } from './queries.ts'
import { tellBrowser } from './signals.ts'

type Props = { readonly passkey: Passkey; readonly onRemove: () => void }

export const PasskeyRow = ({ passkey, onRemove }: Props) => {
  const t = useTexts('passkeys')
  const client = useQueryClient()
  const { id, name, provider, providerIcon, isSynced, createdAt, lastUsedAt, verifiedAt } = passkey
  const { suspectedAt } = passkey

  const rename = async (wanted: string) => {
    const renamed = await api.passkeys.rename({ passkeyId: id, name: wanted })
    keepPasskeys(client, (before) => before.map((one) => (one.id === id ? renamed : one)))
    void tellBrowser()
  }

  return (
    <ListRow
      icon={<ProviderIcon provider={provider} providerIcon={providerIcon} />}
      name={<EditableName name={name} save={rename} />}
      badge={
        <>
          <StateBadge tone="plain">{t(isSynced ? 'list.synced' : 'list.bound')}</StateBadge>
          {suspectedAt && <StateBadge tone="bad">{t('list.suspected')}</StateBadge>}
          {verifiedAt === null && <StateBadge tone="notice">{t('list.oneStep')}</StateBadge>}
        </>
      }
      facts={[
        provider !== name && provider,
        <MomentFact key="added" word={t('list.added')} at={createdAt} />,
        lastUsedAt ? (
          <MomentFact key="used" word={t('list.used')} at={lastUsedAt} />
        ) : (
          t('list.unused')
        ),
        verifiedAt === null && t('list.oneStepFact'),
        suspectedAt && (
          <MomentFact key="suspected" word={t('list.suspectedFact')} at={suspectedAt} />
        ),
      ]}
      hasWideActions
      actions={
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          aria-label={t('list.removeNamed', { name })}
          onClick={onRemove}
        >
          {t('list.remove')}
        </Button>
      }
    />
  )
}
