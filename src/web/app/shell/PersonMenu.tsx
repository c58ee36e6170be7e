import { Menu, UnstyledButton } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { LogOut, UserRound } from 'lucide-react'
import { pageAs } from '#web/lib/client.ts'
import { useMe } from '#web/lib/queries.ts'
import { hasText, useTexts } from '#web/lib/texts.ts'
import { PersonPicture } from '#web/ui/PersonPicture.tsx'
import { useSignOut } from '../session/use-sign-out.ts'
import classes from './PersonMenu.module.css'

export const PersonMenu = () => {
  const t = useTexts('app')
  const me = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const role = `roles.${me.role}`
  return (
    <Menu
      position="bottom-end"
      width={264}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <UnstyledButton className={classes.opener} aria-label={t('person.menu', { name: me.name })}>
          <PersonPicture name={me.name} url={me.pictureUrl} size={32} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <span className={classes.name}>{me.name}</span>
          <span className={classes.line}>{me.email}</span>
          <span className={classes.line}>
            {t('person.roleAt', {
              role: hasText('app', role) ? t(role) : me.role,
              organisation: me.organisation.name,
            })}
          </span>
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<UserRound size={16} aria-hidden />}
          data-autofocus
          onClick={() => void navigate({ to: pageAs.profile })}
        >
          {t('person.profile')}
        </Menu.Item>
        <Menu.Item
          leftSection={<LogOut className={classes.out} size={16} aria-hidden />}
          onClick={signOut}
        >
          {t('person.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
