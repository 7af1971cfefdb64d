// The viewer as a running thing, and the only part of it with effects: it feeds keys, events and answers to
// `update`, carries out what comes back, and paints. However it ends, the terminal is given back.

import { randomUUID } from 'node:crypto'
import { JetpackError } from '../core/fault.js'
import type { Command } from '../core/messages/commands.js'
import type { Engine } from '../core/wire/engine.js'
import { followEvents } from '../link/follow.js'
import { type Clock, systemClock } from './io/clock.js'
import { newFeeder, withDeadline } from './io/feeder.js'
import { newPainter } from './io/painter.js'
import { guardProcess, type ProcessHost, systemHost } from './io/process-guard.js'
import { openTerminal, sizeOf, type TerminalInput } from './io/terminal.js'
import { type Message, newView, type TuiExit, type TuiMode, type ViewCommand } from './model.js'
import { needsOf } from './needs.js'
import type { TerminalOutput } from './screen/output-filter.js'
import { type TerminalEnv, terminalRecipe } from './screen/terminal-recipe.js'
import { update } from './update.js'
import { render } from './view/render.js'

export interface TuiOptions {
  readonly engine: Engine
  readonly input: TerminalInput
  readonly output: TerminalOutput
  readonly env: TerminalEnv
  /** Aborting it leaves the viewer. */
  readonly signal: AbortSignal
  readonly mode: TuiMode
  /** Who presses the keys; commands are sent as `tui:<user>`. */
  readonly user: string
  readonly clock?: Clock
  /** Makes the request ids. */
  readonly newId?: () => string
  readonly host?: ProcessHost
}

/** A command that the engine has not answered by then counts as not carried out. */
export const commandDeadlineMs = 10_000
const tickMs = 1000

/**
 * Shows the full-screen viewer until the person leaves it. Fails with `usage` where the terminal cannot show
 * one. Signals and uncaught faults give the terminal back and end the process.
 */
export async function runTui(options: TuiOptions): Promise<TuiExit> {
  const recipe = terminalRecipe(options.env)
  const clock = options.clock ?? systemClock
  const ending = new AbortController()
  const outcome = newOutcome<TuiExit>()
  const viewer = newViewer(options, clock, recipe.charset, ending.signal, outcome)
  const painter = newPainter(clock, () => terminal.paint(viewer.frame()))
  await using terminal = openTerminal({
    input: options.input,
    output: options.output,
    recipe,
    clock,
    events: {
      // Pasted text is no command; nothing here takes text yet.
      input: event => {
        if (event.kind === 'key') viewer.dispatch({ kind: 'key', key: event.key, at: clock.now() })
      },
      resized: size => {
        viewer.dispatch({ kind: 'resized', size })
        terminal.resize(viewer.frame())
      },
      drained: () => painter.drained(),
      gone: () => outcome.settle({ kind: 'gone' }),
      fault: outcome.fail,
    },
  })
  using _guard = guardProcess(options.host ?? systemHost(), {
    restore: terminal.restore,
    resumed: terminal.reenter,
  })
  const leave = () => outcome.settle({ kind: 'left' })
  options.signal.addEventListener('abort', leave, { once: true })
  if (options.signal.aborted) leave()
  try {
    viewer.start(urgent => painter.ask(urgent), terminal.repaint)
    return await outcome.promise
  } finally {
    options.signal.removeEventListener('abort', leave)
    ending.abort()
    viewer.stop()
    painter.stop()
    // While signals are still guarded.
    terminal.restore()
  }
}

interface Outcome<T> {
  readonly promise: Promise<T>
  readonly settle: (value: T) => void
  readonly fail: (error: unknown) => void
}

/** The first end counts; later ones find the viewer already leaving. */
function newOutcome<T>(): Outcome<T> {
  let settle: (value: T) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const promise = new Promise<T>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  return { promise, settle, fail }
}

/** Holds the view and moves it on. */
function newViewer(
  options: TuiOptions,
  clock: Clock,
  charset: 'unicode' | 'ascii',
  signal: AbortSignal,
  outcome: Outcome<TuiExit>,
) {
  let view = newView({ mode: options.mode, charset, size: sizeOf(options.output), at: clock.now() })
  let show: (urgent: boolean) => void = () => {}
  let repaint: () => void = () => {}
  let cancelTick: (() => void) | null = null
  const { engine } = options
  const feeder = newFeeder({
    engine,
    clock,
    signal,
    deliver: message => dispatch(message),
    fail: outcome.fail,
  })
  const sender = newSender(options, clock, signal, message => dispatch(message))

  const perform = (command: ViewCommand): void => {
    switch (command.kind) {
      case 'send':
        sender(command.command).catch(outcome.fail)
        return
      case 'repaint':
        repaint()
        return
      case 'exit': {
        const { exit, first } = command
        if (first === null) outcome.settle(exit)
        else
          sender(first)
            .then(isAnswered => {
              if (isAnswered) outcome.settle(exit)
            })
            .catch(outcome.fail)
      }
    }
  }

  const dispatch = (message: Message): void => {
    if (signal.aborted) return
    const next = update(view, message)
    view = next.view
    next.commands.forEach(perform)
    if (signal.aborted) return
    feeder.pump(needsOf(view))
    show(message.kind !== 'ticked' && message.kind !== 'logLoaded' && message.kind !== 'event')
  }

  const tick = (): void => {
    cancelTick = clock.after(tickMs, () => {
      dispatch({ kind: 'ticked', at: clock.now() })
      tick()
    })
  }

  return {
    dispatch,
    frame: () => render(view),
    start(onChange: (urgent: boolean) => void, onRepaint: () => void): void {
      show = onChange
      repaint = onRepaint
      show(true)
      feeder.pump(needsOf(view))
      follow(engine, clock, signal, dispatch).catch(outcome.fail)
      tick()
    },
    stop(): void {
      cancelTick?.()
      feeder.stop()
    },
  }
}

async function follow(
  engine: Engine,
  clock: Clock,
  signal: AbortSignal,
  dispatch: (message: Message) => void,
): Promise<void> {
  for await (const news of followEvents(engine, signal)) {
    const at = clock.now()
    if (news.kind === 'link') dispatch({ kind: 'link', state: news.state, since: news.sinceMs, at })
    else dispatch({ kind: 'event', event: news, at })
  }
}

/** Sends a command and tells what became of it; false when no answer came. */
function newSender(
  options: TuiOptions,
  clock: Clock,
  signal: AbortSignal,
  dispatch: (message: Message) => void,
): (command: Command) => Promise<boolean> {
  const newId = options.newId ?? randomUUID
  const by = `tui:${options.user}`
  return async command => {
    const request = { command, by, requestId: newId() }
    try {
      const reply = await withDeadline(signal, commandDeadlineMs, clock, cancel =>
        options.engine.command(request, cancel),
      )
      dispatch({ kind: 'replied', reply, at: clock.now() })
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!(error instanceof JetpackError)) throw error
      const hint = error.hint === null ? '' : ` ${error.hint}`
      dispatch({ kind: 'sendFailed', text: error.message + hint, at: clock.now() })
      return false
    }
  }
}
