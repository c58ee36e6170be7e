import type { z } from 'zod'
import type { System } from './actor.ts'
import type { Context } from './context.ts'

/** A word that follows the command's name, by its place. */
export type CommandArgument = {
  readonly name: string
  readonly summary: string
  readonly isOptional?: true
}

/** `--name`. With `value` it takes one, and `value` is what the help calls it; without, it is a switch. */
export type CommandOption = { readonly summary: string; readonly value?: string }

export type CommandResult = {
  /** What `--json` prints. */
  readonly data: Readonly<Record<string, unknown>>
  /** What a person reads, one line each. */
  readonly text: readonly string[]
  /** The command ran and found something wrong: the program ends with 1. */
  readonly hasProblem?: boolean
}

/** What is known of a command before it runs: help and checks are read off this. */
export type CommandOutline<I extends z.ZodObject = z.ZodObject> = {
  /** `noun verb`, as it is typed. */
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What it does and what it never does, one paragraph each. */
  readonly about: readonly string[]
  readonly arguments?: readonly CommandArgument[]
  readonly options?: Readonly<Record<string, CommandOption>>
  /** What is asked for on standard input, where a process list and a shell's history cannot see it; `secret` in the input. */
  readonly secret?: string
  /** Whole command lines, without the program's name. */
  readonly examples: readonly string[]
  /** Arguments and options by name; a wrong one ends the program with 2 before anything was opened. */
  readonly input: I
}

/** A command of the program `latchkey`, for the operator on the machine itself. It acts as the system. */
export type CommandSpec = CommandOutline & {
  readonly run: (ctx: Context<System>, input: never) => Promise<CommandResult>
}

/** Declares a command of a module. It throws a `Refusal` for an expected no, as a rule does. */
export const command = <I extends z.ZodObject>(
  spec: CommandOutline<I> & {
    readonly run: (ctx: Context<System>, input: z.output<I>) => Promise<CommandResult>
  },
): CommandSpec => spec
