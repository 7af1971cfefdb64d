// The person's terminal while the viewer has it: raw input through our decoder, frames through our filter. It
// is given back as it was, whichever way the viewer ends.

import { type InputEvent, KeyDecoder } from '../input/key-decoder.js'
import { openBlessedScreen } from '../screen/blessed-screen.js'
import { isGone, OutputFilter, type TerminalOutput } from '../screen/output-filter.js'
import type { TerminalRecipe } from '../screen/terminal-recipe.js'
import type { Frame } from '../view/frame.js'
import type { Size } from '../view/layout.js'
import type { Clock } from './clock.js'

/** What we need of `process.stdin`. */
export interface TerminalInput {
  setRawMode?(raw: boolean): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'end' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'end' | 'close', listener: () => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

export interface TerminalEvents {
  readonly input: (event: InputEvent) => void
  readonly resized: (size: Size) => void
  /** A frame that was held back may be painted now. */
  readonly drained: () => void
  readonly gone: () => void
  readonly fault: (error: unknown) => void
}

export interface Terminal extends AsyncDisposable {
  /** False: the terminal is busy and the frame was not painted; `drained` follows. */
  paint(frame: Frame): boolean
  repaint(): void
  /** The frame for the size that `resized` told. */
  resize(frame: Frame): void
  /** The process was stopped and goes on: the terminal may be in any state. */
  reenter(): void
  /** Gives the terminal back at once, without waiting; more than once does no harm. */
  restore(): void
  /** `restore`, and a moment for the terminal to take it. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Sizes told in quick succession while a window is dragged count as one. */
export const resizeDelayMs = 60
/** A terminal that does not take the last bytes by then is left as it is. */
export const flushDeadlineMs = 500

const enterModes = '\x1b[?2004h'
const leaveModes = '\x1b[?2004l'
const reenterModes = '\x1b[?1049h\x1b[?25l\x1b[?2004h'
const showCursor = '\x1b[m\x1b[?25h'

export function sizeOf(output: TerminalOutput): Size {
  return { columns: output.columns ?? 80, rows: output.rows ?? 24 }
}

export function openTerminal(given: {
  readonly input: TerminalInput
  readonly output: TerminalOutput
  readonly recipe: TerminalRecipe
  readonly clock: Clock
  readonly events: TerminalEvents
}): Terminal {
  const { input, output, clock, events } = given
  const filter = new OutputFilter(output, given.recipe.noColor, events)
  const decoder = new KeyDecoder(clock, events.input)
  // A terminal is written to blockingly by default: a stalled one would freeze the whole viewer.
  output._handle?.setBlocking?.(false)
  const screen = openBlessedScreen(filter, given.recipe)
  filter.write(enterModes)
  input.setRawMode?.(true)
  const unlisten = listen(given, filter, decoder)
  let isOpen = true

  const restore = (): void => {
    if (!isOpen) return
    isOpen = false
    unlisten()
    decoder[Symbol.dispose]()
    filter.write(leaveModes)
    screen[Symbol.dispose]()
    filter.write(showCursor)
    input.setRawMode?.(false)
    input.pause()
  }

  return {
    paint(frame) {
      if (!filter.isReady) return false
      screen.paint(frame)
      return true
    },
    repaint: () => screen.repaint(),
    resize: frame => screen.resize(frame),
    reenter() {
      if (!isOpen) return
      input.setRawMode?.(true)
      filter.write(reenterModes)
      screen.repaint()
    },
    restore,
    async [Symbol.asyncDispose]() {
      restore()
      await flushed(filter, output, clock)
      output._handle?.setBlocking?.(true)
    },
  }
}

/** Starts reading keys and sizes; the answer ends it. Errors are still taken afterwards: they would end the process. */
function listen(
  given: {
    readonly input: TerminalInput
    readonly output: TerminalOutput
    readonly clock: Clock
    readonly events: TerminalEvents
  },
  filter: OutputFilter,
  decoder: KeyDecoder,
): () => void {
  const { input, output, clock, events } = given
  let cancelResize: (() => void) | null = null
  const onData = (chunk: Buffer): void => decoder.feed(chunk)
  const onGone = (): void => filter.hangUp()
  const onInputError = (error: Error): void => (isGone(error) ? filter.hangUp() : events.fault(error))
  const onOutputError = (error: Error): void => filter.fail(error)
  const onResize = (): void => {
    cancelResize?.()
    cancelResize = clock.after(resizeDelayMs, () => {
      const size = sizeOf(output)
      filter.columns = size.columns
      filter.rows = size.rows
      events.resized(size)
    })
  }
  input.on('data', onData)
  input.on('end', onGone)
  input.on('close', onGone)
  input.on('error', onInputError)
  output.on('resize', onResize)
  output.on('close', onGone)
  output.on('error', onOutputError)
  input.resume()
  return () => {
    cancelResize?.()
    input.off('data', onData)
    input.off('end', onGone)
    input.off('close', onGone)
    output.off('resize', onResize)
    output.off('close', onGone)
  }
}

function flushed(filter: OutputFilter, output: TerminalOutput, clock: Clock): Promise<void> {
  if (filter.isReady) return Promise.resolve()
  return new Promise(resolve => {
    const cancel = clock.after(flushDeadlineMs, resolve)
    output.write('', () => {
      cancel()
      resolve()
    })
  })
}
