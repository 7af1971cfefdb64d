// Fetches what the view needs: one thing at a time, no more than ten a second on average, each with a deadline.
// A fault of the engine is an answer too: the view shows it and waits before it asks again.

import { JetpackError } from '../../core/fault.js'
import type { Engine } from '../../core/wire/engine.js'
import type { Message, Need } from '../model.js'
import type { Clock } from './clock.js'

/** Fetches that may follow each other at once, and the pace at which that allowance comes back. */
export const fetchPace = { burst: 10, everyMs: 100 } as const
/** An engine silent for this long is not waited for. */
export const fetchDeadlineMs = 5000

/** Runs `act` with a signal that aborts with `root` or after `ms`, whichever comes first. */
export async function withDeadline<T>(
  root: AbortSignal,
  ms: number,
  clock: Clock,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any: on Node 20 a long-lived signal keeps every one that was made from it.
  const own = new AbortController()
  const abort = () => own.abort(root.reason)
  if (root.aborted) abort()
  root.addEventListener('abort', abort, { once: true })
  const cancel = clock.after(ms, () =>
    own.abort(new JetpackError('orchestrator_silent', `No answer from the orchestrator in ${ms / 1000} s.`)),
  )
  try {
    return await act(own.signal)
  } catch (error) {
    // Whatever the abort came out as below: the deadline is the reason.
    throw own.signal.aborted && own.signal.reason instanceof JetpackError ? own.signal.reason : error
  } finally {
    cancel()
    root.removeEventListener('abort', abort)
  }
}

export interface Feeder {
  /** To be called whenever the view has changed. */
  pump(needs: readonly Need[]): void
  stop(): void
}

export function newFeeder(given: {
  readonly engine: Engine
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deliver: (message: Message) => void
  readonly fail: (error: unknown) => void
}): Feeder {
  const { clock, signal, deliver, fail } = given
  let isFetching = false
  let allowance: number = fetchPace.burst
  let countedAt = clock.now()
  let cancelTimer: (() => void) | null = null

  const refill = (): void => {
    const at = clock.now()
    allowance = Math.min(fetchPace.burst, allowance + Math.max(0, at - countedAt) / fetchPace.everyMs)
    countedAt = at
  }

  const stop = (): void => {
    cancelTimer?.()
    cancelTimer = null
  }

  const pump = (needs: readonly Need[]): void => {
    stop()
    if (isFetching || signal.aborted || needs.length === 0) return
    refill()
    const at = clock.now()
    const due = needs.find(need => need.dueAt <= at)
    if (due !== undefined && allowance >= 1) {
      allowance -= 1
      isFetching = true
      fetchOne(given, due)
        .then(message => {
          isFetching = false
          if (message !== null) deliver(message)
        })
        .catch(fail)
      return
    }
    const next = Math.min(...needs.map(need => need.dueAt))
    const forAllowance = allowance >= 1 ? 0 : Math.ceil((1 - allowance) * fetchPace.everyMs)
    cancelTimer = clock.after(Math.max(1, forAllowance, next - at), () => pump(needs))
  }

  return { pump, stop }
}

/** Null once the viewer is closing. */
async function fetchOne(
  given: { readonly engine: Engine; readonly clock: Clock; readonly signal: AbortSignal },
  need: Need,
): Promise<Message | null> {
  const { engine, clock, signal } = given
  try {
    return await withDeadline(signal, fetchDeadlineMs, clock, cancel => answerTo(engine, need, clock, cancel))
  } catch (error) {
    if (signal.aborted) return null
    if (error instanceof JetpackError) return { kind: 'fetchFailed', text: error.message, at: clock.now() }
    throw error
  }
}

async function answerTo(engine: Engine, need: Need, clock: Clock, cancel: AbortSignal): Promise<Message> {
  switch (need.kind) {
    case 'status': {
      const status = await engine.status(cancel)
      return { kind: 'statusLoaded', status, at: clock.now() }
    }
    case 'rows': {
      const page = await engine.tasks(need.query, cancel)
      return { kind: 'rowsLoaded', page, asOf: need.asOf, at: clock.now() }
    }
    case 'detail': {
      const detail = await engine.task(need.task, cancel)
      return { kind: 'detailLoaded', detail, asOf: need.asOf, at: clock.now() }
    }
    case 'log': {
      const { target } = need
      const chunk = await engine.log(target.task, target.attempt, need.from, cancel)
      return { kind: 'logLoaded', target, chunk, at: clock.now() }
    }
  }
}
