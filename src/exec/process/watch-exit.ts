// Waits for the end of an attempt. The reaper replaces state.json when it has written the exit file; that file is
// watched, not the folder, for a flooding agent would wake a folder's watch thousands of times a second.

import type { Exit } from '../../core/messages/verdict.js'
import { attemptFiles, readAttemptState, readReaperExit } from './attempt-state.js'
import { isAlive } from './triple.js'
import { PathWatch } from './watch-path.js'

/** The net below the file watch. */
const pollMs = 1000
/** How long a reaper that has not written any state may still be on its way. */
const noStateGraceMs = 3000

/**
 * How the attempt ended. An agent that could not be executed counts as a shell counts it: exit 127.
 * `lost`: the reaper is gone and left no exit file; its tree may still live, so call `endAttempt` before you
 * tell the core. Has no deadline of its own; rejects with the signal's reason.
 */
export async function waitForExit(folder: string, { signal }: { signal: AbortSignal }): Promise<Exit> {
  const since = performance.now()
  // Dozens wait on one signal; a dependent one spares it a listener each.
  const over = AbortSignal.any([signal])
  for (;;) {
    using change = new PathWatch(`${folder}/${attemptFiles.state}`)
    const exit = await readExit(folder)
    if (exit !== null) return exit
    const waited = performance.now() - since
    // The exit file is written before the reaper goes, so after its death one more look is conclusive.
    if (await reaperIsGone(folder, waited)) return (await readExit(folder)) ?? { kind: 'lost' }
    await change.next(pollMs, over)
  }
}

/** The exit file as the core knows exits; null while there is none. */
export async function readExit(folder: string): Promise<Exit | null> {
  const exit = await readReaperExit(folder)
  return exit?.kind === 'failed' ? { kind: 'exited', code: 127 } : exit
}

async function reaperIsGone(folder: string, waitedMs: number): Promise<boolean> {
  const state = await readAttemptState(folder)
  return state === null ? waitedMs >= noStateGraceMs : !(await isAlive(state.reaper))
}
