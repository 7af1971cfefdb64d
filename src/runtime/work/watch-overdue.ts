// Sees when an attempt is over its time limit or has shown no sign of progress for too long. It only tells; what
// follows is decided. Durations are measured on the monotonic clock, so a clock that is set does no harm.

import { lastActivity } from '../../exec/process/activity.js'

/** How often it looks; limits shorter than this are looked at more often. */
export const lookEveryMs = 5_000

export interface OverdueWatch {
  readonly folder: string
  readonly taskMs: number
  readonly stallMs: number
  /** True once nobody is interested any more. */
  readonly isOver: () => boolean
  readonly signal: AbortSignal
  readonly onOverdue: (why: 'timeout' | 'stalled') => void
}

export function watchOverdue(watch: OverdueWatch): void {
  const every = Math.max(100, Math.min(lookEveryMs, watch.taskMs / 4, watch.stallMs / 4))
  let runFor = 0
  let silentFor = 0
  let last = performance.now()
  let seen = ''
  const timer = setInterval(() => void look(), every)
  const look = async (): Promise<void> => {
    if (watch.isOver() || watch.signal.aborted) return clearInterval(timer)
    const now = performance.now()
    // A machine that slept must not count the gap against the agent.
    const passed = Math.min(now - last, 2 * every)
    last = now
    const activity = await lastActivity(watch.folder)
    runFor += passed
    silentFor = activity === seen ? silentFor + passed : 0
    seen = activity
    if (runFor < watch.taskMs && silentFor < watch.stallMs) return
    clearInterval(timer)
    if (!watch.isOver()) watch.onOverdue(runFor >= watch.taskMs ? 'timeout' : 'stalled')
  }
}
