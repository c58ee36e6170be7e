import { join } from 'node:path'
import type { Settings } from '#open'
import { coreSettings, mailSettings } from '#platform/config/core.ts'
import { publicOrigins } from '#platform/config/public-url.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { createMailer } from '#platform/mail/mailer.ts'
import { terminalLog } from '../installation.ts'
import type { Terminal } from '../terminal.ts'
import { about, type Finding } from './finding.ts'

const certificate = /certificate|altnames/i

const adviceFor = (error: unknown): string => {
  if (error instanceof Error && certificate.test(error.message))
    return 'The certificate of the mail server does not fit. Use the name it is made for in LATCHKEY_MAIL_URL; if it comes from an authority of your own, set NODE_EXTRA_CA_CERTS to the file of that authority.'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known: Readonly<Record<string, string>> = {
    EAUTH:
      'Check user and password in LATCHKEY_MAIL_URL; some providers want a password made for programs.',
    EDNS: 'The name of the mail server is not known. Check LATCHKEY_MAIL_URL.',
    ETLS: 'Check the port: 465 speaks TLS at once (smtps://), 587 starts it later (smtp://). Where the mail server has no TLS at all, LATCHKEY_MAIL_ALLOW_PLAIN=true sends without it: anybody on the way can read the links then.',
    ESOCKET: 'Check host and port in LATCHKEY_MAIL_URL, and whether a firewall lets them through.',
    ECONNECTION:
      'Check host and port in LATCHKEY_MAIL_URL, and whether a firewall lets them through.',
    ETIMEDOUT:
      'Check host and port in LATCHKEY_MAIL_URL, and whether a firewall lets them through.',
  }
  return known[code] ?? 'Check LATCHKEY_MAIL_URL and LATCHKEY_MAIL_FROM.'
}

/** A real conversation with the mail server, up to the point where a mail would follow; with `sendTo`, one does. */
export const lookAtMail = async (
  terminal: Terminal,
  { config, dataDir }: Settings,
  sendTo: string | undefined,
): Promise<readonly Finding[]> => {
  const say = about('mail')
  const { url, from, allowPlain } = config.read(mailSettings)
  const [publicUrl = ''] = publicOrigins(config.read(coreSettings))
  const texts = terminal.product.mailTexts()
  const mailer = createMailer({ config, log: terminalLog(terminal), dataDir, publicUrl, texts })
  try {
    await mailer.verify()
    if (sendTo)
      await mailer.send(createRandom(Date.now).id('test'), {
        to: sendTo,
        text: 'platform:test',
        values: { address: publicUrl },
      })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [say.problem(`The mail server refuses: ${reason}`, adviceFor(error))]
  } finally {
    mailer.close()
  }
  if (!url)
    return [
      say.warning(
        `Mails are written to ${join(dataDir, 'mail')} and sent to nobody.`,
        'Set LATCHKEY_MAIL_URL, or nobody can be invited or find the way back.',
      ),
    ]
  if (allowPlain)
    return [
      say.warning(
        'The mail server takes mails, and LATCHKEY_MAIL_ALLOW_PLAIN lets them go out without TLS.',
        'Unset it as soon as the mail server speaks TLS: whoever reads a link on the way can use it.',
      ),
    ]
  const sent = sendTo ? ` A test mail is on its way to ${sendTo}.` : ''
  if (/@localhost>?$/.test(from))
    return [
      say.warning(
        `The mail server takes mails.${sent} They say they come from ${from}.`,
        'Set LATCHKEY_MAIL_FROM to an address of yours, or most servers will refuse them.',
      ),
    ]
  return [say.ok(`The mail server takes mails.${sent}`)]
}
