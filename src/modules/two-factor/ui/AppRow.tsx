import { Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, RefreshCw, Smartphone, Trash2 } from 'lucide-react'
import { api } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { EditableName } from '#web/ui/EditableName.tsx'
import { ListRow } from '#web/ui/ListRow.tsx'
import { MomentFact } from '#web/ui/MomentText.tsx'
import { ReorderHandle } from '#web/ui/ReorderHandle.tsx'
import { RowMenu } from '#web/ui/RowMenu.tsx'
import type { useReorder } from '#web/ui/use-reorder.ts'
import { type Authenticator, keepAuthenticators } from './queries.ts'

type Props = {
  readonly app: Authenticator
  readonly position: number
  readonly total: number
  readonly reorder: Pick<ReturnType<typeof useReorder>, 'handle' | 'step' | 'lifted'>
  readonly onReplace: () => void
  readonly onRemove: () => void
}

const Actions = ({ app, position, total, reorder, onReplace, onRemove }: Props) => {
  const t = useTexts('two-factor')
  return (
    <RowMenu label={t('apps.actions', { name: app.name })}>
      {position > 1 && (
        <Menu.Item
          leftSection={<ArrowUp size={16} aria-hidden />}
          onClick={() => reorder.step(app.id, -1)}
        >
          {t('apps.up')}
        </Menu.Item>
      )}
      {position < total && (
        <Menu.Item
          leftSection={<ArrowDown size={16} aria-hidden />}
          onClick={() => reorder.step(app.id, 1)}
        >
          {t('apps.down')}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<RefreshCw size={16} aria-hidden />} onClick={onReplace}>
        {t('apps.replace')}
      </Menu.Item>
      <Menu.Item leftSection={<Trash2 size={16} aria-hidden />} onClick={onRemove}>
        {t('apps.remove')}
      </Menu.Item>
    </RowMenu>
  )
}

/** One authenticator app: drag it, rename it where it stands, replace or remove it. */
export const AppRow = (props: Props) => {
  const { app, position, total, reorder } = props
  const t = useTexts('two-factor')
  const words = useTexts('app')
  const client = useQueryClient()
  const rename = async (name: string) => {
    const renamed = await api.twoFactor.rename({ authenticatorId: app.id, name })
    keepAuthenticators(client, (before) =>
      before.map((one) => (one.id === app.id ? { ...one, name: renamed.name } : one)),
    )
  }
  return (
    <ListRow
      handle={
        total > 1 && (
          <ReorderHandle
            {...reorder.handle(app.id)}
            aria-label={words('reorder.handle', { name: app.name, position, total })}
          />
        )
      }
      icon={<Smartphone size={18} strokeWidth={1.75} />}
      name={<EditableName name={app.name} save={rename} />}
      isLifted={reorder.lifted === app.id}
      facts={[
        <MomentFact key="added" word={t('apps.added')} at={app.createdAt} />,
        app.lastUsedAt && app.lastUsedAt !== app.createdAt ? (
          <MomentFact key="used" word={t('apps.used')} at={app.lastUsedAt} />
        ) : (
          t('apps.unused')
        ),
      ]}
      actions={<Actions {...props} />}
    />
  )
}
