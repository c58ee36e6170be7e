import { runProgram } from './cli/program.ts'

// `latchkey user list | head` closes the pipe before everything is said; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

const code = await runProgram(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  // The launcher starts this in the installation's folder and says where the person was.
  from: process.env.INIT_CWD ?? process.cwd(),
  account: process.getuid?.() ?? null,
  print: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
})
// Null: the server runs from now on and ends by itself.
if (code !== null) process.exitCode = code
