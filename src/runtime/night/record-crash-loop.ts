// The keeper's last act: the run record says that the run ended as a crash loop.

import { TaskBranch } from '../../git/branch/task-branch.js'
import { acquireLifetimeLock } from '../../store/lock.js'
import { TaskFolder } from '../../store/task-folder.js'
import { loadBacklog } from '../boot/load-backlog.js'
import { DurableWriter } from '../loop/durable-writer.js'
import type { RepositoryContext } from '../repository-context.js'
import { readFrozenRun } from './run-file.js'
import { runRecord } from './run-record.js'

export async function recordCrashLoop(context: RepositoryContext, signal: AbortSignal): Promise<void> {
  const { layout, repository } = context
  const frozen = await readFrozenRun(layout)
  if (frozen === null) return
  await using _lock = await acquireLifetimeLock({
    lockFile: layout.engineLock,
    visibleFolder: null,
    waitMs: 10_000,
    signal,
  })
  await using branch = await TaskBranch.open(repository, { signal })
  const folder = new TaskFolder(layout.tasks)
  const backlog = await loadBacklog({ layout, branch, folder, at: Date.now(), signal })
  const { run } = runRecord(frozen, backlog.runs)
  const writer = new DurableWriter({ layout, branch, folder, notice: () => undefined })
  const note = {
    subject: `run ${run.id}: ended, crash_loop`,
    task: null,
    from: null,
    to: null,
    seat: null,
    attempt: null,
    run: run.id,
    reason: 'the orchestrator died too often',
    by: 'keeper',
  }
  await writer.write(
    [
      {
        kind: 'runSaved',
        run: { ...run, rev: run.rev + 1, end: 'crash_loop', endedAt: new Date().toISOString() },
        note,
      },
    ],
    signal,
  )
}
