import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Letter, Log, SettingsOf } from '@latchkey/kit'
import { mailSettings } from '../config/core.ts'
import { type MailTexts, oneLine } from './mail-texts.ts'

export type Mailer = {
  readonly send: (id: string, letter: Letter) => Promise<void>
  readonly close: () => void
}

type MailRoute = Mailer & {
  /** Talks to the mail server up to the point where a mail would follow. Throws with the server's reply. */
  readonly verify: () => Promise<void>
}

type Options = {
  readonly config: Config
  readonly log: Log
  readonly dataDir: string
  readonly publicUrl: string
  readonly texts: MailTexts
  /** Name of the organisation; null until there is one. */
  readonly letterhead?: () => Promise<string | null>
}

/** A connection to a server that never answers must end before the lease of the letter does. */
const patience = {
  dnsTimeout: 5000,
  connectionTimeout: 5000,
  greetingTimeout: 5000,
  socketTimeout: 10_000,
} as const

/** Loaded with the first mail: many processes send none, and the library takes seven megabytes. */
const nodemailer = () => import('nodemailer')

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** STARTTLS that an attacker on the way has taken out of the greeting would go unnoticed (RFC 8314 §3), so it is required. */
const needsTls = ({ url = '', allowPlain }: SettingsOf<typeof mailSettings>): boolean =>
  !allowPlain && !loopback.test(new URL(url).hostname)

type SmtpOptions = { readonly from: string; readonly name: string; readonly requireTLS: boolean }

/** `name` is what the server is greeted with: a relay that knows its clients by name takes no address in its place. */
const openSmtp = async (url: string, { from, name, requireTLS }: SmtpOptions) =>
  (await nodemailer()).createTransport(
    { url, name, requireTLS, ...patience, disableFileAccess: true, disableUrlAccess: true },
    { from },
  )

const openFiles = async (from: string) =>
  (await nodemailer()).createTransport(
    { streamTransport: true, buffer: true, newline: 'windows' },
    { from },
  )

/** Users know the organisation, not the product, so its name replaces the default sender. A name the operator set stays. */
const senderOf = (
  from: string,
  head: string | null,
): string | { name: string; address: string } => {
  const address = /^Latchkey <([^<>]+)>$/.exec(from)?.[1]
  return head && address ? { name: `${oneLine(head)} (Latchkey)`, address } : from
}

/** Sends by SMTP if configured, else writes one `.eml` file per mail, so that no mail is lost while trying the product. */
export const createMailer = (options: Options): MailRoute => {
  const { config, log, dataDir, publicUrl, texts, letterhead = async () => null } = options
  const mail = config.read(mailSettings)
  const { url, from, clientName } = mail
  const host = new URL(publicUrl).hostname
  let opened: ReturnType<typeof openSmtp> | null = null
  const smtp = () => {
    if (url)
      opened ??= openSmtp(url, { from, name: clientName ?? host, requireTLS: needsTls(mail) })
    return opened
  }
  const folder = join(dataDir, 'mail')
  return {
    send: async (id, letter) => {
      const head = await letterhead()
      const rendered = texts.render(letter, head ?? undefined)
      const message = {
        to: { name: '', address: letter.to },
        // A stable id lets a mail server drop the second copy when the process died between sending and recording it.
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
