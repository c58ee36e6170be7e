import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'

export type ReadMail = {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly link: string
  readonly raw: string
}

const read = async (path: string): Promise<ReadMail> => {
  const raw = readFileSync(path, 'utf8')
  const mail = await simpleParser(raw)
  const to = [mail.to ?? []]
    .flat()
    .flatMap((list) => list.value.map((one) => one.address ?? ''))
    .join(', ')
  const text = mail.text ?? ''
  return {
    to,
    subject: mail.subject ?? '',
    text,
    html: mail.html || '',
    link: /https?:\/\/\S+/.exec(text)?.[0] ?? '',
    raw,
  }
}

/** By path and size: a story asks for its mails after every step, and each is taken apart once. */
const known = new Map<string, Promise<ReadMail>>()

const readOnce = (path: string): Promise<ReadMail> => {
  const key = `${path} ${statSync(path).size}`
  const mail = known.get(key) ?? read(path)
  known.set(key, mail)
  return mail
}

/** Every mail that was written to the data folder, oldest first. */
export const readMails = (dataDir: string): Promise<readonly ReadMail[]> => {
  const folder = join(dataDir, 'mail')
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.eml'))
        .sort()
    : []
  return Promise.all(names.map((name) => readOnce(join(folder, name))))
}

/** The one-time secret a mailed link carries in its fragment. */
export const tokenIn = (mail: ReadMail | undefined): string =>
  decodeURIComponent(/#token=([^\s]+)/.exec(mail?.link ?? '')?.[1] ?? '')
