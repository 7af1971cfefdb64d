// An orchestrator that misses its keeper starts one, so that killing the keeper costs nothing.

import { isLockHeld } from '../../store/lock.js'
import { repeat } from '../loop/repeat.js'
import type { RepositoryContext } from '../repository-context.js'
import { spawnKeeper } from './spawn-keeper.js'

export const lookEveryMs = 5_000

export function ensureKeeper(
  context: RepositoryContext,
  signal: AbortSignal,
  onFault: (error: unknown) => void,
): AsyncDisposable {
  return repeat(
    lookEveryMs,
    signal,
    async () => {
      if (!(await isLockHeld(context.layout.keeperLock))) await spawnKeeper(context)
    },
    onFault,
  )
}
