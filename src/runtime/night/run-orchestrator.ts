// The orchestrator: the one long-lived process that decides and starts everything for a repository. It writes to
// no terminal; what it has to say goes to viewers and into the journal. Crash-only: on a fault it ends, and the
// keeper starts a fresh one that recovers.

import { setMaxListeners } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import { socketAddress } from '../../core/wire/socket-address.js'
import { ObjectReader } from '../../git/branch/object-reader.js'
import { TaskBranch } from '../../git/branch/task-branch.js'
import { acquireLifetimeLock } from '../../store/lock.js'
import type { RepositoryContext } from '../repository-context.js'
import { Night } from './night.js'
import { takeEpoch } from './orchestrator-file.js'
import { readFrozenRun } from './run-file.js'

/** How long to wait for a predecessor to let go of the lock. */
export const lockWaitMs = 10_000

/** Exit code: 0 when the run has ended, 1 when it was told to end before. Fails with `lock_held` while another orchestrates. */
export async function runOrchestrator(context: RepositoryContext, signal: AbortSignal): Promise<number> {
  const frozen = await readFrozenRun(context.layout)
  if (frozen === null)
    throw new JetpackError(
      'not_running',
      'Cannot orchestrate: no run has been started here.',
      'Run `jetpack run`.',
    )
  const { layout } = context
  await mkdir(layout.state, { recursive: true, mode: 0o700 })
  const stopped = new AbortController()
  const work = AbortSignal.any([signal, stopped.signal])
  // Every command, child and watch of the night listens to it; their number is bounded by the crew.
  setMaxListeners(0, work)
  await using _lock = await acquireLifetimeLock({
    lockFile: layout.engineLock,
    visibleFolder: layout.state,
    waitMs: lockWaitMs,
    signal: work,
  })
  const socketPath = socketAddress(layout.socket, context.runtimeFolder)
  const epoch = await takeEpoch(layout, socketPath)
  await using branch = await TaskBranch.open(context.repository, { signal: work })
  // The work of a night asks git for names thousands of times: one process answers them all.
  await using names = new ObjectReader(context.repository.git)
  using _reading = context.repository.git.readThrough(names)
  const night = new Night(context, frozen, { branch, socketPath, epoch, signal: work })
  try {
    return await night.last()
  } finally {
    stopped.abort()
    await night[Symbol.asyncDispose]()
  }
}
