import { parseArgs } from 'node:util'
import type { CommandOption, CommandOutline } from '@latchkey/kit'
import { closest } from '#platform/config/closest.ts'
import { wanted } from '#platform/input/wanted.ts'
import { UsageProblem } from './terminal.ts'

/** What every command understands. */
export const everywhere = {
  json: {
    summary: 'One JSON document on standard output; everything else goes to standard error.',
  },
  help: { summary: 'What the command does, and all it understands.' },
} as const

type Options = Readonly<Record<string, CommandOption>>

const optionsOf = (outline: CommandOutline): Options => ({ ...outline.options, ...everywhere })

const camel = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
export const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const guessed = (typed: string, known: readonly string[], prefix: string): string => {
  const guess = closest(typed, known)
  return guess ? ` Did you mean ${prefix}${guess}?` : ''
}

/** A key that was typed all the same is not repeated: what is printed ends up in logs and mails of cron. */
const repeated = (typed: string): string => (/\bcf[a-z]_\w{6}/.test(typed) ? '“…”' : `“${typed}”`)

type Token = {
  readonly kind: string
  readonly name?: string
  readonly rawName?: string
  readonly value?: string | boolean | undefined
  readonly inlineValue?: boolean | undefined
}

const checkOption = (outline: CommandOutline, token: Token, given: Record<string, unknown>) => {
  const options = optionsOf(outline)
  const name = token.name === 'h' ? 'help' : (token.name ?? '')
  const known = options[name]
  if (!known)
    throw new UsageProblem(
      `${token.rawName} is not an option of ${outline.name}.${guessed(name, Object.keys(options), '--')}`,
      outline.name,
    )
  if (camel(name) in given) throw new UsageProblem(`--${name} is there twice.`, outline.name)
  if (known.value !== undefined && (typeof token.value !== 'string' || token.value === ''))
    throw new UsageProblem(`--${name} needs a value: --${name} <${known.value}>`, outline.name)
  if (known.value === undefined && token.value !== undefined)
    throw new UsageProblem(`--${name} takes no value.`, outline.name)
  given[camel(name)] = known.value === undefined ? true : token.value
}

const tooMany = (
  { name, secret, arguments: places = [] }: CommandOutline,
  words: readonly string[],
) =>
  secret
    ? `${name} takes nothing there: it reads ${secret} from standard input.`
    : `${name} does not know what to do with ${repeated(words[places.length] ?? '')}.`

const placeArguments = (
  outline: CommandOutline,
  words: readonly string[],
  given: Record<string, unknown>,
): void => {
  const places = outline.arguments ?? []
  if (words.length > places.length) throw new UsageProblem(tooMany(outline, words), outline.name)
  for (const [index, { name, isOptional }] of places.entries()) {
    const word = words[index]
    if (word !== undefined) given[name] = word
    else if (!isOptional && !given.help)
      throw new UsageProblem(`${outline.name} needs <${name}>.`, outline.name)
  }
}

export type Given = Readonly<Record<string, unknown>> & {
  readonly json?: true
  readonly help?: true
}

/** Options and arguments by name, as text. Throws UsageProblem for anything that is not known, with the nearest known word. */
export const readTyped = (outline: CommandOutline, words: readonly string[]): Given => {
  const options = Object.fromEntries(
    Object.entries(optionsOf(outline)).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...words],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given: Record<string, unknown> = {}
  for (const token of tokens) if (token.kind === 'option') checkOption(outline, token, given)
  const places = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  placeArguments(outline, places, given)
  return given
}

/** Checks values against the command's input. Throws UsageProblem naming the option, not the value. */
export const checkInput = (outline: CommandOutline, given: Given): unknown => {
  const { json: _, help: __, ...values } = given
  const parsed = outline.input.safeParse(values, { error: wanted })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const key = String(issue?.path[0] ?? '')
  if (outline.secret && key === 'secret')
    throw new UsageProblem(
      `${outline.name} needs ${outline.secret} on standard input.`,
      outline.name,
    )
  const isArgument = outline.arguments?.some(({ name }) => name === key)
  const shown = isArgument ? `<${key}>` : `--${kebab(key)}`
  if (!(key in values)) throw new UsageProblem(`${outline.name} needs ${shown}.`, outline.name)
  throw new UsageProblem(
    `${shown} cannot be used: it ${issue?.message ?? 'is wrong'}.`,
    outline.name,
  )
}

type Found<C> = { readonly command: C; readonly rest: readonly string[] }

/** The command that the first words name; options may stand before them. */
export const findCommand = <C extends CommandOutline>(
  commands: readonly C[],
  words: readonly string[],
): Found<C> => {
  const firstAt = words.findIndex((word) => !word.startsWith('-'))
  if (firstAt === -1) throw new UsageProblem(`There is no command in ${repeated(words.join(' '))}.`)
  const [first = '', second = ''] = words.slice(firstAt)
  const options = words.slice(0, firstAt)
  const two = commands.find((command) => command.name === `${first} ${second}`)
  if (two) return { command: two, rest: [...options, ...words.slice(firstAt + 2)] }
  const one = commands.find((command) => command.name === first)
  if (one) return { command: one, rest: [...options, ...words.slice(firstAt + 1)] }
  const group = commands.filter((command) => command.name.startsWith(`${first} `))
  const names = commands.map((command) => command.name)
  if (group.length === 0) {
    const typed = second && !second.startsWith('-') ? `${first} ${second}` : first
    const guess = closest(typed, names) ?? closest(first, names)
    const groups = [...new Set(names.map((name) => name.split(' ')[0] ?? ''))]
    throw new UsageProblem(
      `${repeated(first)} is not a command.${guess ? ` Did you mean latchkey ${guess}?` : guessed(first, groups, 'latchkey ')}`,
    )
  }
  const words2 = group.map((command) => command.name.slice(first.length + 1))
  if (second === '' || second.startsWith('-'))
    throw new UsageProblem(`latchkey ${first} needs one word more: ${words2.join(', ')}.`)
  throw new UsageProblem(
    `${repeated(`${first} ${second}`)} is not a command.${guessed(second, words2, `latchkey ${first} `) || ` There is: ${words2.join(', ')}.`}`,
  )
}
