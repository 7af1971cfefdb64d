// Stands between blessed and the terminal, the second wall against injection: only what draws gets through. It
// wraps frames so that terminals show each at once, takes colours out where asked, counts bytes, and says when
// the terminal is busy (then no frame is worth making) or gone.

import { EventEmitter } from 'node:events'

/** What we need of `process.stdout`. */
export interface TerminalOutput {
  readonly columns?: number
  readonly rows?: number
  readonly writableLength: number
  /** Node's handle of a terminal; writing to one blocks unless told otherwise. */
  readonly _handle?: { setBlocking?(blocking: boolean): unknown } | null
  write(text: string, done: (error?: Error | null) => void): boolean
  on(event: 'resize' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'resize' | 'close', listener: () => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

export interface FilterEvents {
  /** The terminal has taken everything. */
  readonly drained: () => void
  /** Nobody will read any more. */
  readonly gone: () => void
  readonly fault: (error: unknown) => void
}

/** Errors of a terminal whose other end was closed. */
const goneCodes = new Set(['EIO', 'EPIPE', 'ENXIO', 'ECONNRESET', 'EBADF', 'ERR_STREAM_DESTROYED'])

const syncStart = '\x1b[?2026h'
const syncEnd = '\x1b[?2026l'

// Nothing of ours sets titles, clipboards or the like, and no 8-bit control is ever part of a frame.
// A terminal may honour C1 controls inside UTF-8.
const foreign = /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x80-\x9f]/g
const colourSequence = /\x1b\[([0-9;]*)m/g

export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && goneCodes.has(String(error.code))
}

/**
 * The stream that blessed writes to; `columns` and `rows` are ours to set. It queues nothing itself: what is
 * written just before the process exits is on its way at once.
 */
export class OutputFilter extends EventEmitter {
  columns: number
  rows: number
  readonly isTTY = true
  readonly writable = true
  #bytes = 0
  #pending = 0
  #isGone = false
  readonly #output: TerminalOutput
  readonly #noColor: boolean
  readonly #events: FilterEvents

  constructor(output: TerminalOutput, noColor: boolean, events: FilterEvents) {
    super()
    this.#output = output
    this.#noColor = noColor
    this.#events = events
    this.columns = output.columns ?? 80
    this.rows = output.rows ?? 24
  }

  /** Bytes written to the terminal so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether a frame written now would be shown soon. */
  get isReady(): boolean {
    return !this.#isGone && this.#pending === 0 && this.#output.writableLength === 0
  }

  /** One call is one frame. False while the terminal has not taken it. */
  write(text: string): boolean {
    if (this.#isGone) return true
    const frame = `${syncStart}${this.#harmless(text)}${syncEnd}`
    this.#bytes += Buffer.byteLength(frame)
    this.#pending += 1
    this.#output.write(frame, error => this.#written(error ?? null))
    return this.isReady
  }

  #written(error: Error | null): void {
    this.#pending -= 1
    if (error === null) {
      if (this.isReady) this.#events.drained()
    } else this.fail(error)
  }

  /** The terminal reported an error: either it is gone, or it is a fault. */
  fail(error: Error): void {
    if (isGone(error)) this.hangUp()
    else this.#events.fault(error)
  }

  /** From now on everything is swallowed: nobody reads any more. */
  hangUp(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#events.gone()
  }

  #harmless(text: string): string {
    const clean = text.replace(foreign, '')
    return this.#noColor ? clean.replace(colourSequence, withoutColour) : clean
  }
}

/** Keeps bold, underline and inverse of a colour sequence. */
function withoutColour(_sequence: string, parameters: string): string {
  if (parameters === '') return '\x1b[m'
  const kept: string[] = []
  const given = parameters.split(';')
  for (let i = 0; i < given.length; i += 1) {
    const code = Number(given[i])
    if (code === 38 || code === 48) i += given[i + 1] === '5' ? 2 : 4
    else if (code < 30 || (code > 49 && code < 90) || code > 107) kept.push(given[i] ?? '')
  }
  return kept.length === 0 ? '' : `\x1b[${kept.join(';')}m`
}
