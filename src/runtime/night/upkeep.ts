// Folds the small packs that bursts leave, so that the history stays small and the person's own git finds nothing
// to tidy. Never at the cost of the run: a fault is told and the next look tries again.

import type { TaskBranch } from '../../git/branch/task-branch.js'

export const lookEveryMs = 20_000

export function upkeepNowAndThen(
  branch: TaskBranch,
  signal: AbortSignal,
  onFault: (text: string) => void,
): AsyncDisposable {
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    if (!signal.aborted && (await branch.upkeepDue())) await branch.upkeep(signal)
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      if (!signal.aborted)
        onFault(`upkeep of the task branch: ${error instanceof Error ? error.message : String(error)}`)
    })
  }, lookEveryMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await looking
    },
  }
}
