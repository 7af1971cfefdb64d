// The end of the process, whichever way it comes: the terminal is given back first. These are the only handlers
// on the process that the viewer sets, and they go when it goes.

/** What we need of `process`. */
export interface ProcessHost {
  on(event: string, listener: (cause: unknown) => void): unknown
  off(event: string, listener: (cause: unknown) => void): unknown
  exit(code: number): void
  /** Tells of a fault, once the terminal is itself again. */
  complain(text: string): void
}

export function systemHost(): ProcessHost {
  const events: NodeJS.EventEmitter = process
  return {
    on: (event, listener) => events.on(event, listener),
    off: (event, listener) => events.off(event, listener),
    exit: code => process.exit(code),
    complain: text => process.stderr.write(text),
  }
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const

/** Exit code after a fault that nothing foresaw (EX_SOFTWARE). */
const faultCode = 70

/** `restore` may be called more than once. `resumed`: the process was stopped and goes on. */
export function guardProcess(
  host: ProcessHost,
  act: { readonly restore: () => void; readonly resumed: () => void },
): Disposable {
  const onFault = (cause: unknown): void => {
    act.restore()
    host.complain(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`)
    host.exit(faultCode)
  }
  const listeners: (readonly [string, (cause: unknown) => void])[] = [
    ...Object.entries(signals).map(
      ([name, number]) =>
        [
          name,
          () => {
            act.restore()
            host.exit(128 + number)
          },
        ] as const,
    ),
    ['SIGCONT', act.resumed],
    ['uncaughtException', onFault],
    ['unhandledRejection', onFault],
    ['exit', act.restore],
  ]
  for (const [event, listener] of listeners) host.on(event, listener)
  return {
    [Symbol.dispose]() {
      for (const [event, listener] of listeners) host.off(event, listener)
    },
  }
}
