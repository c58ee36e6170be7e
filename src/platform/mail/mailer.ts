import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Letter, Log } from '@latchkey/kit'
import { mailSettings } from '../config/core.ts'
import { type MailTexts, oneLine } from './mail-texts.ts'

export type Mailer = {
  readonly send: (id: string, letter: Letter) => Promise<void>
  readonly close: () => void
}

type MailRoute = Mailer & {
  /** Talks to the mail server up to the point where a mail would follow. Throws with what it said. */
  readonly verify: () => Promise<void>
}

type Options = {
  readonly config: Config
  readonly log: Log
  readonly dataDir: string
  readonly publicUrl: string
  readonly texts: MailTexts
  /** Whose installation this is; null until it has an organisation. */
  readonly letterhead?: () => Promise<string | null>
}

/** A server that never answers must be given up before the lease of the letter ends. */
const patience = {
  dnsTimeout: 5000,
  connectionTimeout: 5000,
  greetingTimeout: 5000,
  socketTimeout: 10_000,
} as const

/** Loaded with the first mail: a process lives long without one, and it weighs seven megabytes. */
const nodemailer = () => import('nodemailer')

const openSmtp = async (url: string, from: string) =>
  (await nodemailer()).createTransport(
    { url, ...patience, disableFileAccess: true, disableUrlAccess: true },
    { from },
  )

const openFiles = async (from: string) =>
  (await nodemailer()).createTransport(
    { streamTransport: true, buffer: true, newline: 'windows' },
    { from },
  )

/** A list of mails shows the sender's name: members know the organisation and not the product. A name the operator chose stays. */
const senderOf = (
  from: string,
  head: string | null,
): string | { name: string; address: string } => {
  const address = /^Latchkey <([^<>]+)>$/.exec(from)?.[1]
  return head && address ? { name: `${oneLine(head)} (Latchkey)`, address } : from
}

/** SMTP when it is configured, else one `.eml` file per mail, so that nothing is lost while trying the product out. */
export const createMailer = (options: Options): MailRoute => {
  const { config, log, dataDir, publicUrl, texts, letterhead = async () => null } = options
  const { url, from } = config.read(mailSettings)
  const host = new URL(publicUrl).hostname
  let opened: ReturnType<typeof openSmtp> | null = null
  const smtp = () => {
    if (url) opened ??= openSmtp(url, from)
    return opened
  }
  const folder = join(dataDir, 'mail')
  return {
    send: async (id, letter) => {
      const head = await letterhead()
      const rendered = texts.render(letter, head ?? undefined)
      const message = {
        to: { name: '', address: letter.to },
        // A stable id lets a mail server drop the second copy when the process died between sending and noting it.
        messageId: `<${id}@${host}>`,
        ...rendered,
        from: senderOf(from, head),
        headers: { 'Auto-Submitted': 'auto-generated' },
      }
      const transport = await smtp()
      if (transport) {
        await transport.sendMail(message)
        return
      }
      const written = await (await openFiles(from)).sendMail(message)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, `${id}.eml`)
      writeFileSync(path, written.message as Buffer, { mode: 0o600 })
      log.info({ path }, 'mail written to a file, because mail.url is not set')
    },
    verify: async () => {
      await (await smtp())?.verify()
    },
    close: () => void opened?.then((transport) => transport.close()),
  }
}
