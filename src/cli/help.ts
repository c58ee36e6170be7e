import type { CommandOutline } from '@latchkey/kit'
import { exitCodeMeanings, exitCodes } from './exit-codes.ts'
import { everywhere } from './typed.ts'

const widthMax = 88

/** Words into lines that fit a terminal. */
const wrap = (text: string, indent: string, width = widthMax): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}

/** Two columns; the right one goes on under itself. */
const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const left = Math.min(28, Math.max(...rows.map(([name]) => name.length))) + 4
  return rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrap(text, ' '.repeat(left))
    return [`  ${name}`.padEnd(left) + first.trimStart(), ...rest]
  })
}

const heading = (text: string): string[] => ['', text]

/** `latchkey help`: every command there is. */
export const programHelp = (
  commands: readonly CommandOutline[],
  product: string,
): readonly string[] => [
  `Latchkey ${product}, the account and security centre. This program is for the operator on the`,
  'machine itself: it opens the data folder or the database directly and acts as the system.',
  ...heading('Usage'),
  '  latchkey <command> [options]',
  '  latchkey <command> --help',
  ...heading('Commands'),
  ...columns(commands.map(({ name, summary }) => [name, summary])),
  ...heading('Everywhere'),
  ...columns([
    ...Object.entries(everywhere).map(([name, { summary }]) => [`--${name}`, summary] as const),
    ['--version', 'Which version this is.'],
  ]),
  ...heading('Which installation'),
  ...wrap(
    'The one the server would use: LATCHKEY_DATA_DIR, LATCHKEY_DATABASE_URL and the other settings, from the environment or latchkey.config.json. Run it as the account the server runs as.',
    '  ',
  ),
  ...heading('It ends with'),
  ...columns(
    Object.entries(exitCodes).map(([name, code]) => [
      String(code),
      exitCodeMeanings[name as keyof typeof exitCodes],
    ]),
  ),
  '',
  'More: docs/guides/command-line.md',
]

const usageOf = ({ name, arguments: places = [], options = {} }: CommandOutline): string =>
  [
    `latchkey ${name}`,
    ...places.map(({ name, isOptional }) => (isOptional ? `[<${name}>]` : `<${name}>`)),
    ...(Object.keys(options).length > 0 ? ['[options]'] : []),
  ].join(' ')

/** `latchkey <command> --help`. */
export const commandHelp = (outline: CommandOutline): readonly string[] => {
  const { summary, about, arguments: places = [], options = {}, examples } = outline
  const named = Object.entries({ ...options, ...everywhere }).map(
    ([name, option]): readonly [string, string] => [
      'value' in option && option.value ? `--${name} <${option.value}>` : `--${name}`,
      option.summary,
    ],
  )
  return [
    `${summary}.`,
    ...heading('Usage'),
    `  ${usageOf(outline)}`,
    '',
    ...about.flatMap((paragraph, index) => [...(index > 0 ? [''] : []), ...wrap(paragraph, '')]),
    ...(places.length > 0
      ? [...heading('Arguments'), ...columns(places.map((one) => [`<${one.name}>`, one.summary]))]
      : []),
    ...(outline.secret ? [...heading('Standard input'), `  Reads ${outline.secret}.`] : []),
    ...heading('Options'),
    ...columns(named),
    ...heading('Examples'),
    ...examples.map((line) => `  latchkey ${line}`),
  ]
}
