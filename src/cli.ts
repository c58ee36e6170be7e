import { text } from 'node:stream/consumers'
import { runProgram } from './cli/program.ts'
import { secretFrom, secretMax } from './cli/terminal.ts'

// `latchkey user list | head` closes the pipe before the whole output is written; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

/** Reads one line from the terminal without echoing it. Ctrl-C still ends the program. */
const askHidden = (what: string): Promise<string> =>
  new Promise((resolve) => {
    const { stdin, stderr } = process
    let typed = ''
    const end = (): void => {
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    stderr.write(`Paste ${what} (it is not shown): `)
    stdin.setRawMode(true)
    stdin.setEncoding('utf8').on('data', (part: string) => {
      if (part.includes('\u0003')) {
        end()
        process.exit(130)
      }
      typed = (typed + part).slice(0, secretMax)
      if (!/[\r\n]/.test(typed)) return
      end()
      resolve(typed.replace(/[\r\n][\s\S]*$/, ''))
    })
  })

const readSecret = async (what: string): Promise<string> =>
  process.stdin.isTTY ? askHidden(what) : secretFrom(await text(process.stdin))

const code = await runProgram(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  // The launcher starts this in the installation's folder and passes the folder the user called it from.
  from: process.env.INIT_CWD ?? process.cwd(),
  account: process.getuid?.() ?? null,
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  readSecret,
})
// Null means that the server now runs: it ends the process itself.
if (code !== null) process.exitCode = code
