// Does something every so often while a night lasts. One round is over before the next begins; a fault is told,
// never the end of the night, and the next round tries again.

export function repeat(
  everyMs: number,
  signal: AbortSignal,
  round: () => Promise<void>,
  onFault: (error: unknown) => void,
): AsyncDisposable {
  let last: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    last = last
      .then(async () => {
        if (!signal.aborted) await round()
      })
      .catch((error: unknown) => {
        if (!signal.aborted) onFault(error)
      })
  }, everyMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await last
    },
  }
}
