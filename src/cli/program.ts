import { Refusal } from '@latchkey/kit'
import { isExplained } from '#open'
import { BackupProblem } from '#platform/backup/manifest.ts'
import { InUseProblem } from '#platform/db/place.ts'
import { DatabaseTrouble } from '#platform/db/trouble.ts'
import { createBuiltInProduct, loadProduct, type Product } from '#product'
import { commandsOf } from './catalogue.ts'
import { exitCodes } from './exit-codes.ts'
import { commandHelp, programHelp } from './help.ts'
import {
  CommandProblem,
  type HostProcess,
  type OwnCommand,
  type Terminal,
  UsageProblem,
} from './terminal.ts'
import { checkInput, findCommand, readTyped } from './typed.ts'
import { productVersion } from './version.ts'

type Failure = {
  readonly exit: number
  readonly code: string
  readonly message: string
  readonly help?: string
  /** The last line a person reads, of no use to a program. */
  readonly see?: string
}

const seeHelp = ({ command }: UsageProblem): string =>
  `See latchkey ${command === undefined ? '' : `${command} `}--help.`

const troubleFailure = ({ message, isOutcomeUnknown }: DatabaseTrouble): Failure => ({
  exit: exitCodes.problem,
  code: 'cli.database',
  message: isOutcomeUnknown
    ? `It may not have been done: ${message}.`
    : `It was not done: ${message}.`,
  help: isOutcomeUnknown
    ? 'The connection was lost while this was being saved. Look whether it happened before you repeat it.'
    : 'Try again when that is over.',
})

const failureOf = (error: unknown): Failure => {
  if (error instanceof UsageProblem)
    return {
      ...{ exit: exitCodes.usage, code: 'cli.usage', message: error.message },
      see: seeHelp(error),
    }
  if (error instanceof Refusal) {
    const fields = error.details.fields?.map((field) => field.message).join(' ')
    const { code, title, help } = error.spec
    return { exit: exitCodes.problem, code, message: fields || title, help }
  }
  if (error instanceof CommandProblem)
    return { exit: exitCodes.problem, code: error.code, message: error.message }
  if (error instanceof BackupProblem)
    return { exit: exitCodes.problem, code: 'backup.unusable', message: error.message }
  if (error instanceof InUseProblem)
    return { exit: exitCodes.problem, code: 'cli.server_running', message: error.message }
  if (error instanceof DatabaseTrouble) return troubleFailure(error)
  if (isExplained(error))
    return { exit: exitCodes.cannotOpen, code: 'cli.cannot_open', message: error.message }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exit: exitCodes.fault, code: 'cli.fault', message }
}

const fail = (terminal: HostProcess, error: unknown, asJson: boolean): number => {
  const { exit, code, message, help, see } = failureOf(error)
  terminal.note([message, help, see].filter(Boolean).join('\n'))
  // A stack is for the person who reads standard error, not for a program.
  const shown = exit === exitCodes.fault ? 'A fault of Latchkey. See standard error.' : message
  if (asJson)
    terminal.print(
      JSON.stringify({ ok: false, error: { code, message: shown, ...(help && { help }) } }),
    )
  return exit
}

const showHelp = (terminal: HostProcess, lines: readonly string[], asJson: boolean): number => {
  terminal.print(asJson ? JSON.stringify({ ok: true, help: lines.join('\n') }) : lines.join('\n'))
  return exitCodes.done
}

/** `latchkey`, `latchkey help [command]`, `--version`: what is answered without a command. Null when there is one. */
const answerItself = (
  words: readonly string[],
  terminal: Terminal,
  asJson: boolean,
): number | null => {
  const commands = commandsOf(terminal.product)
  const rest = words.filter((word) => word !== '--json')
  if (rest[0] === '--version') {
    const version = productVersion()
    terminal.print(asJson ? JSON.stringify({ ok: true, version }) : version)
    return exitCodes.done
  }
  const isAsked = rest.length === 0 || ['help', '--help', '-h'].includes(rest[0] ?? '')
  if (!isAsked) return null
  const about = rest.slice(1)
  const lines =
    about.length > 0
      ? commandHelp(findCommand(commands, about).command)
      : programHelp(commands, productVersion())
  return showHelp(terminal, lines, asJson)
}

const runCommand = async (
  terminal: Terminal,
  command: OwnCommand,
  rest: readonly string[],
): Promise<number | null> => {
  const given = readTyped(command, rest)
  const asJson = given.json === true
  if (given.help) return showHelp(terminal, commandHelp(command), asJson)
  const secret = command.secret ? { secret: await terminal.readSecret(command.secret) } : {}
  const input = checkInput(command, { ...given, ...secret })
  const result = await command.run(terminal, input as never)
  if (result === null) return null
  const ok = result.hasProblem !== true
  terminal.print(asJson ? JSON.stringify({ ok, ...result.data }) : result.text.join('\n'))
  return ok ? exitCodes.done : exitCodes.problem
}

/**
 * Modules that cannot be loaded leave what is built in: the help is read by the operator who is about to mend them, and
 * every command that reads the settings ends with what is wrong.
 */
const productFor = async (host: HostProcess): Promise<Product> => {
  try {
    return (await loadProduct(host)).product
  } catch (problem) {
    const refuse = (): never => {
      throw problem
    }
    return {
      ...createBuiltInProduct(),
      readSettings: refuse,
      openInstallation: async () => refuse(),
    }
  }
}

/** Runs one command line. Returns what the process ends with; null when it goes on running. */
export const runProgram = async (
  words: readonly string[],
  host: HostProcess,
): Promise<number | null> => {
  const asJson = words.includes('--json')
  try {
    const terminal: Terminal = { ...host, product: await productFor(host) }
    const answered = answerItself(words, terminal, asJson)
    if (answered !== null) return answered
    const { command, rest } = findCommand(commandsOf(terminal.product), words)
    return await runCommand(terminal, command, rest)
  } catch (error) {
    return fail(host, error, asJson)
  }
}
