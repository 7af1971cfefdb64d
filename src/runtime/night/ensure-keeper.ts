// An orchestrator that misses its keeper starts one, so that killing the keeper costs nothing.

import { isLockHeld } from '../../store/lock.js'
import type { RepositoryContext } from '../repository-context.js'
import { spawnKeeper } from './spawn-keeper.js'

export const lookEveryMs = 5_000

export function ensureKeeper(context: RepositoryContext, signal: AbortSignal): AsyncDisposable {
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    if (!signal.aborted && !(await isLockHeld(context.layout.keeperLock))) await spawnKeeper(context)
  }
  const timer = setInterval(() => {
    // A keeper that cannot be started now is tried again at the next look; the run itself goes on.
    looking = looking.then(look).catch(() => undefined)
  }, lookEveryMs)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await looking
    },
  }
}
