import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DEFAULT_THEME, mergeMantineTheme } from '@mantine/core'
import { theme } from './theme.ts'

const sheet = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

const paletteAfter = (selector: string): Map<string, string> => {
  const block = sheet.slice(sheet.indexOf(`${selector} {`))
  const rules = block.slice(0, block.indexOf('\n}'))
  return new Map(
    [...rules.matchAll(/--lk-([a-z-]+): (#[0-9a-f]{6});/g)].map((found) => [
      found[1] ?? '',
      found[2] ?? '',
    ]),
  )
}

/** WCAG 2.2, relative luminance. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['paper', 'surface', 'hover']
const inks = ['ink', 'muted', 'placeholder', 'accent', 'accent-hover', 'bad', 'notice', 'good']
const text = [
  ...inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const)),
  ['on-filled', 'accent'],
  ['on-filled', 'accent-hover'],
  ['disabled-ink', 'disabled'],
  ['accent', 'accent-tint'],
  ['accent', 'accent-tint-hover'],
  ['ink', 'accent-tint'],
] as const
const controls = grounds.flatMap(
  (ground) =>
    [
      ['control-line', ground],
      ['focus', ground],
      ['accent-line', ground],
    ] as const,
)

const measure = (scheme: string, palette: Map<string, string>) => {
  for (const [pairs, least] of [
    [text, 4.5],
    [controls, 3],
  ] as const) {
    for (const [front, back] of pairs) {
      test(`${scheme}: ${front} on ${back} has at least ${least}:1`, () => {
        const ratio = contrast(palette.get(front) ?? '', palette.get(back) ?? '')
        assert.ok(ratio >= least, `${ratio.toFixed(2)}:1`)
      })
    }
  }
}

const tokenIn = (value: string) => /var\(--lk-([a-z-]+)\)/.exec(value)?.[1] ?? value

/** A button's colours must be a pair that is measured above, or its contrast is unknown. */
test('a tinted button is drawn with a line and a text that were measured', () => {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme)
  const drawn = merged.variantColorResolver({ color: 'accent', theme: merged, variant: 'light' })
  const isMeasured = (front: string, back: string) =>
    [...text, ...controls].some(([one, other]) => one === tokenIn(front) && other === tokenIn(back))
  assert.ok(isMeasured(drawn.color, drawn.background), drawn.color)
  assert.ok(isMeasured(drawn.color, drawn.hover), drawn.hover)
  for (const ground of grounds) assert.ok(isMeasured(drawn.border, ground), drawn.border)
})

measure('light', paletteAfter(':root'))
measure('dark', paletteAfter(':root[data-mantine-color-scheme="dark"]'))
