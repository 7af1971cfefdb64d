// Takes over a living agent of an earlier orchestrator. Holding the FIFO keeps the agent alive; the adoption
// counts only when the reaper itself has recorded the new epoch.

import { AttemptControl } from './attempt-control.js'
import { attemptFiles, readAttemptState } from './attempt-state.js'
import { PathWatch } from './watch-path.js'

const deadlineMs = 5000

/**
 * The control of the attempt, now owned under `epoch`; null when its reaper is gone or does not answer within
 * five seconds: then `endAttempt`. Rejects with the signal's reason.
 */
export async function adoptAttempt(
  folder: string,
  epoch: number,
  { signal }: { signal: AbortSignal },
): Promise<AttemptControl | null> {
  const control = await AttemptControl.open(folder)
  if (control === null) return null
  try {
    if (await recordsEpoch(folder, control, epoch, signal)) return control
  } catch (error) {
    await control[Symbol.asyncDispose]()
    throw error
  }
  await control[Symbol.asyncDispose]()
  return null
}

async function recordsEpoch(
  folder: string,
  control: AttemptControl,
  epoch: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await control.adopt(epoch))) return false
  const deadline = performance.now() + deadlineMs
  for (;;) {
    using change = new PathWatch(`${folder}/${attemptFiles.state}`)
    const state = await readAttemptState(folder)
    if (state?.phase === 'running' && state.epoch === epoch) return true
    if (state?.phase === 'ended' || performance.now() >= deadline) return false
    await change.next(250, signal)
  }
}
