// Time for the viewer, handed in so that tests own it.

import type { EpochMs } from '../../core/model/time.js'

export interface Timers {
  /** Calls once after `ms`; the answer takes it back. */
  after(ms: number, act: () => void): () => void
}

export interface Clock extends Timers {
  now(): EpochMs
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}
