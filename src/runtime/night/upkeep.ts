// Folds the small packs that bursts leave, so that the history stays small and the person's own git finds nothing
// to tidy. Never at the cost of the run.

import type { TaskBranch } from '../../git/branch/task-branch.js'
import { repeat } from '../loop/repeat.js'

export const lookEveryMs = 20_000

export function upkeepNowAndThen(
  branch: TaskBranch,
  signal: AbortSignal,
  onFault: (error: unknown) => void,
): AsyncDisposable {
  return repeat(
    lookEveryMs,
    signal,
    async () => {
      if (await branch.upkeepDue()) await branch.upkeep(signal)
    },
    onFault,
  )
}
