// Loaded into what the launcher starts, and into the launcher itself under npm: when the parent is
// gone, even killed, this process stops too instead of holding its port or its test for ever.
const parent = process.ppid
const everyMillis = 500

const timer = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(timer)
  process.kill(process.pid, 'SIGTERM')
}, everyMillis)
timer.unref()
