import { Drawer } from '@mantine/core'
import { useTexts } from '#web/lib/texts.ts'
import { BrandMark } from '#web/ui/BrandMark.tsx'
import type { Navigation } from '../navigation.ts'
import { MainMenu } from './Menus.tsx'
import classes from './NavDrawer.module.css'

type Props = {
  readonly navigation: Navigation
  readonly opened: boolean
  readonly onClose: () => void
}

/** The sidebar of narrow screens. */
export const NavDrawer = ({ navigation, opened, onClose }: Props) => {
  const t = useTexts('app')
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={288}
      title={
        <span className={classes.brand}>
          <BrandMark size={24} />
          {t('brand')}
        </span>
      }
      classNames={{ header: classes.header, body: classes.body }}
      attributes={{ header: { role: 'presentation' } }}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
      transitionProps={{ duration: 160 }}
      overlayProps={{ backgroundOpacity: 0.4 }}
    >
      <nav aria-label={t('shell.mainMenu')}>
        <MainMenu navigation={navigation} onFollow={onClose} />
      </nav>
    </Drawer>
  )
}
