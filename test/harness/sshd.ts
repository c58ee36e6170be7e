import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './server-process.ts'
import { makeKeyPair } from './ssh-keys.ts'

const root = join(import.meta.dirname, '..', '..')
const isRoot = process.getuid?.() === 0
const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) =>
  existsSync(path),
)
const curl = ['/usr/bin/curl', '/bin/curl'].find((path) => existsSync(path))
const startMsMax = 10_000

/** How sshd is told to ask. */
export type Asking =
  /** One line in sshd_config. sshd runs only what belongs to root on the whole way, and curl does. */
  | { readonly by: 'curl' }
  /** The script of the guide, which only root can put where sshd takes it from. */
  | { readonly by: 'script'; readonly standInMinutes: number }

export type Sshd = {
  /** Whether a user with this private key is let in and a command runs. */
  readonly letsIn: (privateKey: string) => Promise<boolean>
  /** What it wrote about it. */
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** Why a real sshd cannot be started here, or false. */
export const withoutSshd = ((): string | false => {
  if (!sshd) return 'sshd is not installed: on Debian, apt-get install openssh-server'
  if (!curl) return 'curl is not installed: on Debian, apt-get install curl'
  if (!existsSync('/usr/bin/ssh')) return 'ssh is not installed: apt-get install openssh-client'
  return false
})()

export const withoutRoot = isRoot ? false : 'only root can put a script where sshd takes it from'

/** A folder whose whole path belongs to root and is writable by no other account; /tmp is not. */
const safeFolder = (): string => mkdtempSync('/run/latchkey-sshd-')

const installScript = (folder: string): string => {
  const path = join(folder, 'latchkey-keys')
  copyFileSync(join(root, 'deploy', 'ssh', 'latchkey-keys'), path)
  execFileSync('chmod', ['755', folder, path])
  return path
}

/** The account that runs the command: `nobody` for root, and otherwise there is no choice. */
const askingUser = isRoot ? 'nobody' : userInfo().username

const commandLine = (asking: Asking, folder: string, list: URL): string => {
  if (asking.by === 'curl')
    return `${curl} --silent --fail --max-time 5 --get --data-urlencode fingerprint=%f ${list}`
  const kept = join(folder, 'kept')
  mkdirSync(kept, { recursive: true })
  execFileSync('chown', [askingUser, kept])
  const account = list.pathname.split('/').at(-1)
  return `${installScript(folder)} ${list.origin} ${account} %f ${asking.standInMinutes} ${kept}`
}

const configuration = (folder: string, port: number, command: string): string => `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host_key
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile ${folder}/authorized_keys
AuthorizedKeysCommand ${command}
AuthorizedKeysCommandUser ${askingUser}
LogLevel VERBOSE
`

/** What `sshd -t` has against these lines; nothing when it takes them. */
export const complaintsAbout = (lines: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-sshd-'))
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  try {
    const hostKey = join(folder, 'host_key')
    writeFileSync(hostKey, makeKeyPair('-t', 'ed25519').privateKey, { mode: 0o600 })
    const config = join(folder, 'sshd_config')
    writeFileSync(config, `HostKey ${hostKey}\n${lines}`)
    const { status, stderr } = spawnSync(sshd ?? '', ['-t', '-f', config], { encoding: 'utf8' })
    return status === 0 ? '' : stderr
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const untilListening = async (log: () => string, child: ChildProcess): Promise<void> => {
  const deadline = Date.now() + startMsMax
  while (!log().includes('Server listening')) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`sshd did not start: ${log()}`)
    await sleep(20)
  }
}

const tryKey = (file: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const options = [
      ...['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'ConnectTimeout=10'],
      ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'],
    ].flatMap((option) => ['-o', option])
    const target = ['-p', String(port), `${userInfo().username}@127.0.0.1`, 'echo let in']
    execFile('ssh', ['-F', '/dev/null', '-i', file, ...options, ...target], (_, said) =>
      resolve(said === 'let in\n'),
    )
  })

/** sshd as a server's operator would set it up, on a high port, for the account that runs the test. */
export const startSshd = async (list: URL, asking: Asking): Promise<Sshd> => {
  const folder =
    asking.by === 'script' ? safeFolder() : mkdtempSync(join(tmpdir(), 'latchkey-sshd-'))
  // The service makes it when it starts; where none has started yet, it is missing.
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const port = await freePort()
  const keep = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const control = makeKeyPair('-t', 'ed25519')
  keep('host_key', makeKeyPair('-t', 'ed25519').privateKey)
  keep('authorized_keys', control.publicKey)
  const config = keep('sshd_config', configuration(folder, port, commandLine(asking, folder, list)))
  const child = spawn(sshd ?? '', ['-D', '-e', '-f', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    text += said
  })
  const log = (): string => text
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  let keys = 0
  const letsIn = (privateKey: string): Promise<boolean> => {
    keys += 1
    return tryKey(keep(`key-${keys}`, privateKey), port)
  }
  try {
    await untilListening(log, child)
    // A key in a file of the server: without it nothing below would mean anything.
    if (!(await letsIn(control.privateKey))) throw new Error(`this sshd signs nobody in: ${log()}`)
  } catch (error) {
    await stop()
    throw error
  }
  return { letsIn, log, stop }
}
