import { useRouterState } from '@tanstack/react-router'
import { CircleUserRound } from 'lucide-react'
import { hasText, say, useTexts } from '#web/lib/texts.ts'
import {
  isAccountPath,
  isEntry,
  type Navigation,
  type NavigationGroup,
  pageAt,
} from '../navigation.ts'
import classes from './Menus.module.css'
import { NavEntry } from './NavEntry.tsx'

type MainMenuProps = {
  readonly navigation: Navigation
  readonly isNarrow?: boolean
  readonly onFollow?: (() => void) | undefined
}

/** What the sidebar and the drawer hold: your account as one entry, then the operator's groups. */
export const MainMenu = ({ navigation, isNarrow = false, onFollow }: MainMenuProps) => {
  const t = useTexts('app')
  const path = useRouterState({ select: (state) => state.location.pathname })
  const home = navigation.account[0]?.pages[0]
  return (
    <div className={classes.menu}>
      {home && (
        <NavEntry
          to={home.path}
          label={t('areas.account')}
          icon={CircleUserRound}
          isActive={isAccountPath(path, navigation)}
          isNarrow={isNarrow}
          onFollow={onFollow}
        />
      )}
      <Groups groups={navigation.organisation} isNarrow={isNarrow} onFollow={onFollow} />
    </div>
  )
}

type GroupsProps = {
  readonly groups: readonly NavigationGroup[]
  readonly isNarrow?: boolean
  readonly withIcons?: boolean
  readonly onFollow?: (() => void) | undefined
}

/** Groups of links, each under its name. */
export const Groups = ({ groups, isNarrow = false, withIcons = true, onFollow }: GroupsProps) => {
  const t = useTexts('app')
  const path = useRouterState({ select: (state) => state.location.pathname })
  // A module from outside may begin a group of its own.
  const headingOf = (name: string) => {
    const key = `groups.${name}`
    return hasText('app', key) ? t(key) : name
  }
  return groups.map(({ name, pages }) => (
    <div key={name} className={classes.group}>
      {isNarrow ? (
        <hr className={classes.rule} />
      ) : (
        <p className={classes.heading}>{headingOf(name)}</p>
      )}
      <ul className={classes.list} aria-label={headingOf(name)}>
        {pages.filter(isEntry).map((page) => (
          <li key={page.path}>
            <NavEntry
              to={page.path}
              label={say<string>(page.module, page.titleKey)}
              icon={withIcons ? page.icon : undefined}
              isActive={pageAt(pages, path)?.within === page.path}
              isNarrow={isNarrow}
              onFollow={onFollow}
            />
          </li>
        ))}
      </ul>
    </div>
  ))
}
