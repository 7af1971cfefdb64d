// Ends an attempt for certain: softly, then by force through its reaper, then by the sweep. "Gone" is said only
// on proof: the reaper's exit file, or a sweep that found nothing.

import { AttemptControl } from './attempt-control.js'
import { attemptFiles, readAttemptState, readReaperExit, recordedTriples } from './attempt-state.js'
import { sweepMark } from './sweep.js'
import { isAlive } from './triple.js'
import { PathWatch } from './watch-path.js'

/** How long a reaper may take to end a tree by force before the sweep takes over. */
const forceMs = 5000

export interface EndRequest {
  readonly folder: string
  readonly mark: string
  /** Between the soft stop and the kill; 0 kills at once. */
  readonly graceMs: number
  readonly signal: AbortSignal
}

export type Ended = { readonly gone: true } | { readonly gone: false; readonly pids: readonly number[] }

/**
 * Ends the attempt. Also right for an attempt that has ended or never
 * started. `gone: false` names processes that could not be ended. Rejects with the signal's reason, the attempt
 * being in any state then: call again.
 */
export async function endAttempt(request: EndRequest): Promise<Ended> {
  const { folder, mark, graceMs } = request
  // All attempts of a run may end at once; a dependent signal spares the common one a listener each.
  const signal = AbortSignal.any([request.signal])
  if (await endedByReaper(folder, graceMs, signal)) return { gone: true }
  const { remaining } = await sweepMark(mark, await recordedTriples(folder), { signal })
  return remaining.length === 0 ? { gone: true } : { gone: false, pids: remaining }
}

async function endedByReaper(folder: string, graceMs: number, signal: AbortSignal): Promise<boolean> {
  if ((await readReaperExit(folder)) !== null) return true
  await using control = await AttemptControl.open(folder)
  if (control === null) return (await readReaperExit(folder)) !== null
  await wakeReaper(folder)
  if (graceMs > 0) {
    await control.soft()
    if (await exitFileWithin(folder, graceMs, signal)) return true
  }
  await control.kill()
  return exitFileWithin(folder, forceMs, signal)
}

/** An agent may have stopped its own reaper. */
async function wakeReaper(folder: string): Promise<void> {
  const state = await readAttemptState(folder)
  if (state === null || !(await isAlive(state.reaper))) return
  try {
    process.kill(state.reaper.pid, 'SIGCONT')
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function exitFileWithin(folder: string, waitMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + waitMs
  for (;;) {
    using change = new PathWatch(`${folder}/${attemptFiles.state}`)
    if ((await readReaperExit(folder)) !== null) return true
    const left = deadline - performance.now()
    const state = await readAttemptState(folder)
    const reaperLives = state === null || (await isAlive(state.reaper))
    if (left <= 0 || !reaperLives) return (await readReaperExit(folder)) !== null
    await change.next(Math.min(left, 250), signal)
  }
}
