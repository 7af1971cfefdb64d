// When to paint: at once after a key, at most eight times a second for what merely happens, and never into a
// terminal that has not taken the last frame. What was skipped shows in the next frame, which is always the newest.

import type { Clock } from './clock.js'

/** Least time between two frames that no key asked for. */
export const frameMs = 125

export interface Painter {
  /** Something to show has changed. */
  ask(urgent: boolean): void
  /** The terminal takes frames again. */
  drained(): void
  stop(): void
}

/** `paint` answers false when the terminal is busy. */
export function newPainter(clock: Clock, paint: () => boolean): Painter {
  let isBlocked = false
  let isStopped = false
  let lastAt = Number.NEGATIVE_INFINITY
  let cancelTimer: (() => void) | null = null
  let soon: NodeJS.Immediate | null = null

  const cancel = (): void => {
    cancelTimer?.()
    cancelTimer = null
    if (soon !== null) clearImmediate(soon)
    soon = null
  }
  const now = (): void => {
    cancel()
    if (isStopped) return
    lastAt = clock.now()
    isBlocked = !paint()
  }
  return {
    ask(urgent) {
      if (isStopped || soon !== null) return
      const wait = urgent ? 0 : lastAt + frameMs - clock.now()
      // Keys that came in one piece make one frame.
      if (wait <= 0) soon = setImmediate(now)
      else cancelTimer ??= clock.after(wait, now)
    },
    drained() {
      if (isBlocked) now()
    },
    stop() {
      isStopped = true
      cancel()
    },
  }
}
