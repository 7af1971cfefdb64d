// Follows an engine's events for ever: over orchestrator restarts, broken links and hours without anybody there. Says when
// the link goes up or down, so that a viewer can show how old its picture is. After each `up` comes a `hello`, often with a new
// epoch and a smaller number: what was known before is to be asked for anew.

import { setTimeout as wait } from 'node:timers/promises'
import { JetpackError } from '../core/fault.js'
import type { EpochMs } from '../core/model/time.js'
import type { Engine } from '../core/wire/engine.js'
import type { ViewEvent } from '../core/wire/views.js'

export const reconnect = { firstMs: 250, mostMs: 5_000 } as const

export interface LinkChange {
  readonly kind: 'link'
  readonly state: 'up' | 'down'
  /** The instant (milliseconds since 1970) at which the link went up or down. */
  readonly sinceMs: EpochMs
}

/** Ends only when the signal is aborted. Changes of the link alternate; the first one tells how it is at the start. */
export async function* followEvents(
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<ViewEvent | LinkChange, void> {
  let state: LinkChange['state'] | null = null
  let failures = 0
  while (!signal.aborted) {
    const events = engine.events(signal)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const event = await nextEvent(events, signal)
        if (event === null || signal.aborted) break
        failures = 0
        if (state !== 'up') yield { kind: 'link', state: 'up', sinceMs: Date.now() }
        state = 'up'
        yield event
      }
    } finally {
      await events.return?.()
    }
    if (signal.aborted) return
    if (state !== 'down') yield { kind: 'link', state: 'down', sinceMs: Date.now() }
    state = 'down'
    await pause(backOffMs(failures, Math.random()), signal)
    failures += 1
  }
}

/** Null at the end of the stream. That it could not be opened, or held rubbish, is an end as well: the next try may go better. */
async function nextEvent(events: AsyncIterator<ViewEvent>, signal: AbortSignal): Promise<ViewEvent | null> {
  try {
    const { done, value } = await events.next()
    return done === true ? null : value
  } catch (error) {
    if (error instanceof JetpackError || signal.aborted) return null
    throw error
  }
}

/** Doubles from try to try up to the cap; `dice` spreads the viewers of one orchestrator over half of it. */
export function backOffMs(failures: number, dice: number): number {
  const whole = Math.min(reconnect.mostMs, reconnect.firstMs * 2 ** Math.min(failures, 16))
  return whole / 2 + (dice * whole) / 2
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (error) {
    // The loop sees the aborted signal.
    if (!signal.aborted) throw error
  }
}
