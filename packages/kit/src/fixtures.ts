import type { z } from 'zod'
import type { BuiltInRole } from './catalogue.ts'
import type { Db } from './context.ts'
import type { OperationSpec, OutputOf } from './operation.ts'

/** What an operation answered, refused or not. */
export type FixtureAnswer = {
  readonly status: number
  /** Code of the refusal; null: it succeeded. */
  readonly code: string | null
}

/** A browser with cookies of its own, over real HTTP. */
export type FixtureBrowser = {
  /** Calls an operation and returns its output. A refusal fails the run. */
  readonly do: <Op extends OperationSpec>(
    operation: Op,
    input?: z.input<Op['input']>,
  ) => Promise<OutputOf<Op>>
  /** Calls an operation that may be refused. */
  readonly attempt: <Op extends OperationSpec>(
    operation: Op,
    input?: z.input<Op['input']>,
  ) => Promise<FixtureAnswer>
  /** Requests an address with GET, from a network address of its own. */
  readonly visit: (path: string) => Promise<FixtureAnswer>
}

/** A person with an account, signed in by password moments ago. */
export type FixturePerson = FixtureBrowser & {
  readonly email: string
  readonly password: string
  readonly userId: string
  /** Proves with this method that it is them, so that confirmed operations are open for 10 minutes. */
  readonly confirm: (method: string, proof: string) => Promise<void>
}

/** A passkey as a software authenticator keeps it. */
export type FixturePasskey = { readonly credentialId: string }

/** What a person proves it with, made in software and apart from the libraries the product uses. */
export type FixtureDevice = {
  /** The code an authenticator app shows now (RFC 6238). */
  readonly code: (secret: string) => string
  /** A code that the app certainly does not show now. */
  readonly wrongCode: (secret: string) => string
  /** WebAuthn §5.1.3: options of the server → a new passkey and the browser's response. `counter`: its signature counter. */
  readonly createPasskey: (
    options: object,
    counter?: number,
  ) => { readonly passkey: FixturePasskey; readonly response: object }
  /** WebAuthn §5.1.4: options of the server → the browser's response. `counter`: the signature counter it claims. */
  readonly usePasskey: (options: object, passkey: FixturePasskey, counter?: number) => object
}

/** How a fixture drives a running product. Everything is real but the clock, which can be moved on. */
export type FixtureDriver = {
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly advance: (milliseconds: number) => void
  /** The owner of the organisation, signed in anew. */
  readonly owner: () => Promise<FixturePerson>
  /** A new member of the organisation, or one with another role. */
  readonly newcomer: (role?: BuiltInRole) => Promise<FixturePerson>
  readonly newBrowser: () => FixtureBrowser
  /** A program that shows this key as `Bearer` and has no cookies. */
  readonly program: (key: string) => FixtureBrowser
  readonly device: FixtureDevice
  /** Makes the object that another module's fixtures describe, e.g. `ssh-keys.keyId`, and returns its id. */
  readonly make: (object: string, owner: FixturePerson) => Promise<string>
  /** The same for one of `organisation`, in another organisation than that of `owner`. */
  readonly makeElsewhere: (object: string, owner: FixturePerson) => Promise<string>
  /** The one-time secret in the link of the last mail to this address. */
  readonly mailedToken: (email: string) => Promise<string>
  /** Runs a command of the program as the operator would. */
  readonly command: (name: string, input: Readonly<Record<string, unknown>>) => Promise<void>
  /** Runs a job now. */
  readonly job: (name: string) => Promise<void>
  /** For what no operation can make, such as a second organisation. */
  readonly db: Db
}

type MakeObject = (driver: FixtureDriver, owner: FixturePerson) => Promise<string>

/** What an id in an input names, so that the sweep can try it as the wrong person. */
export type ObjectFixture =
  | {
      /** Only its owner may learn that it exists. */
      readonly of: 'person'
      /** Makes one through the operations and returns its id; one that `owner` has already may be returned again. */
      readonly make: MakeObject
    }
  | {
      /** Only the members of its organisation may learn that it exists. */
      readonly of: 'organisation'
      /** Makes one in the organisation of `owner`. */
      readonly make: MakeObject
      /** Makes one in another organisation than that of `owner`. */
      readonly makeElsewhere: MakeObject
    }
  /** The same object as another module's, e.g. `person.userId`. */
  | { readonly sameAs: string }
  /** It has no owner whose secret its existence could be. */
  | { readonly of: 'nobody'; readonly because: string }

/** What a restore does with the rows of a table that came back from a backup. */
export type TableFixture =
  | { readonly restored: 'kept'; readonly because: string }
  | {
      /** `afterRestore` ends them: used a second time they would do harm. */
      readonly restored: 'ended'
      /** SQL condition of the rows that could still be used. */
      readonly aliveWhere: string
      /** Leaves such a row behind before the backup is made. `person` has an authenticator app. */
      readonly leave: (driver: FixtureDriver, person: FixturePerson) => Promise<unknown>
    }

/** A mail by its name in `mails/<locale>.json`. */
export type MailFixture = {
  /** Where its links lead, in the order of its words, without the one-time secret. */
  readonly leadsTo: readonly string[]
  /** It warns of something going on, and begins with that instead of what has to be done. */
  readonly isWarning?: true
}

/** Something that happens to a person, and the mails they get for it. */
export type MailStory = {
  readonly writes: readonly string[]
  readonly tell: (driver: FixtureDriver) => Promise<void>
}

/**
 * What the tests that hold for all modules need to know of one. It stands beside the module in `fixtures.ts`, and the
 * running product never loads it. What is missing fails the run with the name of the file it belongs into.
 */
export type Fixtures = {
  /**
   * Names in inputs → what they name. Every name in a path needs one, and every name in a query or body that ends in
   * `Id` or `Ids`; `authenticatorIds` is found as `authenticatorId`. `sign-in:ceremonyId` is for one operation alone.
   */
  readonly objects?: Readonly<Record<string, ObjectFixture>>
  /**
   * By operation: input that succeeds, where the example of the contract, with ids of the caller's own objects, does
   * not. `person` is the owner of the organisation and makes the call.
   */
  readonly inputs?: Readonly<Record<string, InputFixture>>
  /** Every table the module's migrations create. */
  readonly tables?: Readonly<Record<string, TableFixture>>
  /** Every mail in `mails/en.json`. */
  readonly mails?: Readonly<Record<string, MailFixture>>
  /** Together they write every mail at least once. */
  readonly mailStories?: readonly MailStory[]
  /** Why no key may reach any operation of the module: it is about credentials themselves. */
  readonly closedToKeys?: string
  /** The module keeps when a person was last seen or confirmed: makes it now for every signed-in person. */
  readonly renew?: (db: Db, now: number) => Promise<void>
}

export type InputFixture =
  | ((driver: FixtureDriver, person: FixturePerson) => Promise<Readonly<Record<string, unknown>>>)
  /** It cannot succeed in a product that runs already: why, and which test calls it with success. */
  | { readonly never: string }
