import type { CommandOutline, CommandResult } from '@latchkey/kit'
import type { z } from 'zod'
import type { Surroundings } from '#open'
import type { Product } from '#product'

/** What the program has of the process it runs in. */
export type HostProcess = Surroundings & {
  /** Folder the person was in: paths they type start here. */
  readonly from: string
  /** User id the program runs as; null where there is no such thing. */
  readonly account: number | null
  /** One line, or one document, on standard output. */
  readonly print: (text: string) => void
  /** Standard input whole, without the line's end; at a terminal it is asked for and not shown. */
  readonly readSecret: (what: string) => Promise<string>
  /** Everything but the answer: standard error. */
  readonly note: (text: string) => void
}

/** Longest secret that is read; what is typed or piped beyond it is not kept. */
export const secretMax = 4096

/** A secret as it was piped in: without the line's end that `echo` adds. */
export const secretFrom = (input: string): string => input.slice(0, secretMax).trim()

/** All a command gets: the process it runs in, and the product it works on. */
export type Terminal = HostProcess & { readonly product: Product }

/** A command that needs more than an open installation, or has to work without one. Null: it goes on running. */
export type OwnCommand = CommandOutline & {
  readonly run: (terminal: Terminal, input: never) => Promise<CommandResult | null>
}

export const ownCommand = <I extends z.ZodObject>(
  spec: CommandOutline<I> & {
    readonly run: (terminal: Terminal, input: z.output<I>) => Promise<CommandResult | null>
  },
): OwnCommand => spec

/** An expected failure of a command: `message` is all the person needs. */
export class CommandProblem extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'CommandProblem'
    this.code = code
  }
}

/** What was typed makes no sense; nothing was opened and nothing done. */
export class UsageProblem extends Error {
  /** Where it is said how it is meant; the whole program when absent. */
  readonly command: string | undefined

  constructor(message: string, command?: string) {
    super(message)
    this.name = 'UsageProblem'
    this.command = command
  }
}
