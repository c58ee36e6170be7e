import { ActionIcon, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { BrandMark } from '#web/ui/BrandMark.tsx'
import { openPalette, paletteShortcut, preparePalette } from '../palette/palette-state.ts'
import { LanguageMenu } from './LanguageMenu.tsx'
import { PersonMenu } from './PersonMenu.tsx'
import { ThemeMenu } from './ThemeMenu.tsx'
import classes from './TopBar.module.css'

type Props = { readonly onOpenMenu: () => void; readonly isMenuOpen: boolean }

const SearchButton = () => {
  const t = useTexts('app')
  return (
    <UnstyledButton
      className={classes.search}
      onClick={openPalette}
      onPointerEnter={preparePalette}
      onFocus={preparePalette}
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
    >
      <Search className={classes.searchIcon} size={16} aria-hidden />
      <span className={classes.searchWords}>{t('palette.open')}</span>
      <kbd className={classes.keys} aria-hidden>
        {paletteShortcut}
      </kbd>
    </UnstyledButton>
  )
}

export const TopBar = ({ onOpenMenu, isMenuOpen }: Props) => {
  const t = useTexts('app')
  return (
    <header className={classes.bar}>
      <div className={classes.start}>
        <ActionIcon
          className={classes.burger}
          variant="subtle"
          color="gray"
          size={40}
          aria-label={t('shell.openMenu')}
          aria-haspopup="dialog"
          aria-expanded={isMenuOpen}
          onClick={onOpenMenu}
        >
          <MenuIcon size={20} />
        </ActionIcon>
        <Link to="/admin" className={classes.brand} aria-label={t('shell.home')}>
          <BrandMark size={26} />
          <span className={classes.name}>{t('brand')}</span>
        </Link>
      </div>
      <SearchButton />
      <div className={classes.end}>
        <LanguageMenu />
        <ThemeMenu />
        <PersonMenu />
      </div>
    </header>
  )
}
