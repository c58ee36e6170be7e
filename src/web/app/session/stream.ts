type Watch = {
  readonly url: string
  /** Asks the server whether the session is alive; leaves by itself when it is not. */
  readonly check: () => Promise<void>
  readonly onEnded: () => void
  readonly signal: AbortSignal
}

const backOffMs = { first: 1000, max: 60_000 }
/** A connection that lived this long was healthy: the next attempt starts from the first pause again. */
const healthyMs = 30_000

const isEnded = (data: string): boolean => {
  try {
    return (JSON.parse(data) as { kind?: unknown }).kind === 'ended'
  } catch {
    return false
  }
}

/** Resolves when the connection is over, for any reason. */
const follow = ({ url, onEnded, signal }: Watch): Promise<void> =>
  new Promise((resolve) => {
    const source = new EventSource(url)
    const finish = () => {
      source.close()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    source.onmessage = (event: MessageEvent<string>) => {
      if (!isEnded(event.data)) return
      onEnded()
      finish()
    }
    // The browser's own reconnection neither backs off nor tells 401 from a cut cable.
    source.onerror = finish
    signal.addEventListener('abort', finish)
  })

/** Waits, or less when there is reason to hope: the network is back, or the page is looked at. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      removeEventListener('online', finish)
      document.removeEventListener('visibilitychange', whenVisible)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const whenVisible = () => {
      if (document.visibilityState === 'visible') finish()
    }
    const timer = setTimeout(finish, milliseconds)
    addEventListener('online', finish)
    document.addEventListener('visibilitychange', whenVisible)
    signal.addEventListener('abort', finish)
  })

/** Keeps one connection open until told to stop, with growing pauses between attempts. */
export const keepWatching = async (watch: Watch): Promise<void> => {
  let pauseMs = backOffMs.first
  while (!watch.signal.aborted) {
    const startedAt = performance.now()
    await follow(watch)
    if (watch.signal.aborted) return
    if (performance.now() - startedAt > healthyMs) pauseMs = backOffMs.first
    await watch.check()
    // A quarter of chance, so that a restarted server is not met by every page at the same moment.
    await pause(pauseMs * (1 + Math.random() / 4), watch.signal)
    pauseMs = Math.min(pauseMs * 2, backOffMs.max)
  }
}
