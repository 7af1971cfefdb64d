// The run record: one night, what persons asked of it, how it ended. Saved and committed like a task.

import type { Desired, EndState, RunFile } from '../schema/run.js'

export type { Desired, EndState } from '../schema/run.js'

export type RunId = string
export type Run = Readonly<RunFile>

/** A run that has begun and of which nothing has been asked yet. */
export function newRun(
  given: Pick<Run, 'id' | 'startedAt' | 'startedBy' | 'target' | 'seats' | 'config'>,
): Run {
  const desired: Desired = { paused: false, stop: null, by: given.startedBy }
  return {
    schema: 'jetpack.run/1',
    rev: 1,
    ...given,
    endedAt: null,
    end: null,
    desired,
    baseline: null,
    counts: null,
  }
}

export type RunEnd = EndState
