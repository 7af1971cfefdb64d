// A terminal in memory: what the viewer writes goes through a real terminal emulator, and tests read its cells.
// Waiting is for what the screen shows, never for time to pass.

import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import type { TuiExit } from '../../../src/tui/model.js'
import { runTui, type TuiOptions } from '../../../src/tui/program.js'
import type { MemoryEngine } from './memory-engine.js'

const patienceMs = 15_000

export class FakeOutput extends EventEmitter {
  columns: number
  rows: number
  writableLength = 0
  written = ''
  /** While true the terminal takes nothing, as after ctrl-s. */
  isStalled = false
  error: Error | null = null
  readonly #terminal: xterm.Terminal
  #held: (() => void)[] = []

  constructor(terminal: xterm.Terminal) {
    super()
    this.#terminal = terminal
    this.columns = terminal.cols
    this.rows = terminal.rows
  }

  write(text: string, done: (error?: Error | null) => void): boolean {
    if (this.error !== null) {
      const { error } = this
      setImmediate(() => done(error))
      return false
    }
    const take = (): void => {
      this.written += text
      this.#terminal.write(text, () => {
        this.emit('parsed')
        done()
      })
    }
    if (this.isStalled) {
      this.writableLength += text.length
      this.#held.push(take)
      this.emit('held')
    } else take()
    return !this.isStalled
  }

  resume(): void {
    this.isStalled = false
    this.writableLength = 0
    for (const take of this.#held.splice(0)) take()
  }
}

export class FakeInput extends PassThrough {
  readonly isTTY = true
  isRaw = false

  setRawMode(raw: boolean): this {
    this.isRaw = raw
    return this
  }
}

export class FakeHost extends EventEmitter {
  readonly exits: number[] = []
  complaints = ''

  exit(code: number): void {
    this.exits.push(code)
    this.emit('exited')
  }

  complain(text: string): void {
    this.complaints += text
  }
}

export interface Opened extends AsyncDisposable {
  readonly input: FakeInput
  readonly output: FakeOutput
  readonly host: FakeHost
  readonly terminal: xterm.Terminal
  /** Titles, replies and clipboard writes that the output has caused: all of them are faults. */
  readonly mischief: string[]
  readonly exit: Promise<TuiExit>
  type(keys: string): void
  text(): string
  line(y: number): string
  /** Resolves when the screen's text matches; fails with the text after a while. */
  shows(wanted: RegExp | ((text: string) => boolean)): Promise<string>
  resize(columns: number, rows: number): void
}

export function openTui(
  engine: MemoryEngine,
  given: Partial<TuiOptions> & { readonly columns?: number; readonly rows?: number } = {},
): Opened {
  const { columns = 120, rows = 30, ...options } = given
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
  const output = new FakeOutput(terminal)
  const input = new FakeInput()
  const host = new FakeHost()
  const mischief: string[] = []
  terminal.onTitleChange(title => mischief.push(`title ${title}`))
  terminal.onData(reply => mischief.push(`reply ${JSON.stringify(reply)}`))
  terminal.onBell(() => mischief.push('bell'))
  terminal.parser.registerOscHandler(52, data => {
    mischief.push(`clipboard ${data}`)
    return true
  })
  const ending = new AbortController()
  let ids = 0
  const exit = runTui({
    engine,
    input,
    output,
    host,
    env: { term: 'xterm-256color', lang: 'en_US.UTF-8', noColor: false, ascii: false },
    signal: ending.signal,
    mode: 'attach',
    user: 'ada',
    newId: () => {
      ids += 1
      return `request-${ids}`
    },
    ...options,
  })
  const line = (y: number): string => terminal.buffer.active.getLine(y)?.translateToString(true) ?? ''
  const text = (): string => Array.from({ length: terminal.rows }, (_, y) => line(y)).join('\n')
  return {
    input,
    output,
    host,
    terminal,
    mischief,
    exit,
    text,
    line,
    type: keys => void input.write(keys),
    async shows(wanted) {
      const isShown = typeof wanted === 'function' ? wanted : (seen: string) => wanted.test(seen)
      const patience = AbortSignal.timeout(patienceMs)
      while (!isShown(text())) {
        try {
          await once(output, 'parsed', { signal: patience })
        } catch (error) {
          throw new Error(`The screen never showed ${wanted}; it shows:\n${text()}`, { cause: error })
        }
      }
      return text()
    },
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows)
      output.columns = newColumns
      output.rows = newRows
      output.emit('resize')
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      output.resume()
      await exit
      terminal.dispose()
    },
  }
}
