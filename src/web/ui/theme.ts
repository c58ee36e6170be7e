import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** In every palette 7 carries white text and 3 carries ink, so light and dark can use one shade each. */
const primaryShade = { light: 7, dark: 3 } as const

const accent: MantineColorsTuple = [
  '#e6fffa',
  '#ccfbf1',
  '#99f6e4',
  '#5eead4',
  '#2dd4bf',
  '#14b8a6',
  '#0d9488',
  '#0f766e',
  '#0b5f59',
  '#0a4d48',
]
/** Ink and paper: grey with a slight warmth. */
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f2ef',
  '#eae7e3',
  '#dedad4',
  '#cac5be',
  '#989189',
  '#6b655e',
  '#544f49',
  '#393531',
  '#1f1d1a',
]
const dark: MantineColorsTuple = [
  '#edeae6',
  '#cfcac4',
  '#aaa49c',
  '#948e86',
  '#3d3935',
  '#2e2b28',
  '#211f1d',
  '#1b1917',
  '#151412',
  '#0f0e0d',
]
const red: MantineColorsTuple = [
  '#fef3f2',
  '#fee4e2',
  '#fecdca',
  '#fda29b',
  '#f97066',
  '#f04438',
  '#d92d20',
  '#b42318',
  '#912018',
  '#7a271a',
]
const yellow: MantineColorsTuple = [
  '#fffaeb',
  '#fef0c7',
  '#fedf89',
  '#fec84b',
  '#fdb022',
  '#f79009',
  '#c2690a',
  '#93500c',
  '#7a3f0e',
  '#633112',
]
const green: MantineColorsTuple = [
  '#ecfdf3',
  '#d1fadf',
  '#a6f4c5',
  '#6ce9a6',
  '#32d583',
  '#12b76a',
  '#039855',
  '#067647',
  '#055f3a',
  '#054f31',
]

/** The tint alone is too close to a dark surface to be seen as a button: its line makes the control. */
const tinted = {
  background: 'var(--lk-accent-tint)',
  hover: 'var(--lk-accent-tint-hover)',
  color: 'var(--lk-accent)',
  border: '1px solid var(--lk-accent-line)',
}
const isAccent = ({ color, theme }: Parameters<VariantColorsResolver>[0]): boolean =>
  (color ?? theme.primaryColor) === 'accent'

/** Text on a filled surface is white on the dark shade and ink on the light one. */
const variantColorResolver: VariantColorsResolver = (input) => ({
  ...defaultVariantColorsResolver(input),
  ...(input.variant === 'filled' ? { color: 'var(--lk-on-filled)' } : {}),
  ...(input.variant === 'light' && isAccent(input) ? tinted : {}),
})

/** The faces are named in `tokens.css`: the pages before sign-in use them without Mantine. */
const fontFamily = 'var(--lk-font)'

export const theme = createTheme({
  colors: { accent, gray, dark, red, yellow, green },
  primaryColor: 'accent',
  primaryShade,
  variantColorResolver,
  black: gray[9],
  fontFamily,
  fontFamilyMonospace: 'var(--lk-font-mono)',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  headings: {
    fontFamily,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.45' },
    },
  },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2.5rem' },
  radius: { xs: '0.25rem', sm: '0.375rem', md: '0.5rem', lg: '0.75rem', xl: '1rem' },
  defaultRadius: 'md',
  shadows: {
    xs: 'none',
    sm: 'none',
    md: 'var(--lk-shadow)',
    lg: 'var(--lk-shadow)',
    xl: 'var(--lk-shadow)',
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  activeClassName: '',
  components: {
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'description', 'input', 'error'] },
    },
    Tooltip: { defaultProps: { openDelay: 200, withArrow: false } },
  },
})

/** The values live in `tokens.css`, where they are in force before the first script runs. */
const shared = {
  '--mantine-color-body': 'var(--lk-surface)',
  '--mantine-color-text': 'var(--lk-ink)',
  '--mantine-color-bright': 'var(--lk-ink)',
  '--mantine-color-dimmed': 'var(--lk-muted)',
  '--mantine-color-placeholder': 'var(--lk-placeholder)',
  '--mantine-color-anchor': 'var(--lk-accent)',
  '--mantine-color-error': 'var(--lk-bad)',
  '--mantine-color-success': 'var(--lk-good)',
  '--mantine-color-default': 'var(--lk-surface)',
  '--mantine-color-default-hover': 'var(--lk-hover)',
  '--mantine-color-default-color': 'var(--lk-ink)',
  '--mantine-color-default-border': 'var(--lk-line)',
  '--mantine-color-disabled': 'var(--lk-disabled)',
  '--mantine-color-disabled-color': 'var(--lk-disabled-ink)',
  '--mantine-color-disabled-border': 'var(--lk-line)',
  '--mantine-primary-color-contrast': 'var(--lk-on-filled)',
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
})
