import { Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import {
  type ColorScheme,
  colorSchemes,
  onStoredColorScheme,
  onSystemColorScheme,
  readColorScheme,
  showColorScheme,
  storeColorScheme,
} from '#web/lib/color-scheme.ts'
import { useTexts } from '#web/lib/texts.ts'
import classes from './Entrance.module.css'

const icons = { light: Sun, dark: Moon, auto: Monitor } as const

export const ThemeSwitch = () => {
  const t = useTexts('web')
  const [scheme, setScheme] = useState<ColorScheme>(readColorScheme)
  useEffect(() => {
    showColorScheme(scheme)
    return onSystemColorScheme(() => showColorScheme(scheme))
  }, [scheme])
  useEffect(() => onStoredColorScheme(setScheme), [])
  return (
    <fieldset className={classes.switch}>
      <legend className={classes.unseen}>{t('theme.label')}</legend>
      {colorSchemes.map((option) => {
        const Icon = icons[option]
        return (
          <label key={option} className={classes.option} title={t(`theme.${option}`)}>
            <input
              className={classes.unseen}
              type="radio"
              name="color-scheme"
              checked={scheme === option}
              onChange={() => {
                storeColorScheme(option)
                setScheme(option)
              }}
            />
            <Icon size={15} aria-hidden />
            <span className={classes.unseen}>{t(`theme.${option}`)}</span>
          </label>
        )
      })}
    </fieldset>
  )
}
