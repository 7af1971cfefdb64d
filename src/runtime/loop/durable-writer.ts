// Makes a burst of changes durable in the one safe order: committed on the task branch, tip proven, then the
// files. So bytes that the branch does not know are always foreign, and a file older than the tip is our own
// crash.

import { readFile } from 'node:fs/promises'
import { branchPaths, type Layout } from '../../core/layout.js'
import type { RecordedChange } from '../../core/messages/changes.js'
import type { Run } from '../../core/model/run.js'
import type { Task } from '../../core/model/task.js'
import { formatMessage } from '../../git/branch/commit-message.js'
import type { BranchCommit, TaskBranch } from '../../git/branch/task-branch.js'
import { quarantine } from '../../store/quarantine.js'
import { writeRun } from '../../store/run-folder.js'
import { encodeRun, encodeTask } from '../../store/task-codec.js'
import type { TaskFolder } from '../../store/task-folder.js'

export class DurableWriter {
  readonly #layout: Layout
  readonly #branch: TaskBranch
  readonly #folder: TaskFolder
  readonly #notice: (text: string) => void

  /** `notice` hears of foreign bytes that were set aside. */
  constructor(parts: {
    readonly layout: Layout
    readonly branch: TaskBranch
    readonly folder: TaskFolder
    readonly notice: (text: string) => void
  }) {
    this.#layout = parts.layout
    this.#branch = parts.branch
    this.#folder = parts.folder
    this.#notice = parts.notice
  }

  /** A rejection means unknown: some, all or none of it may be on the branch or in files. */
  async write(changes: readonly RecordedChange[], signal: AbortSignal): Promise<void> {
    const at = Date.now()
    await this.#branch.commitBurst(
      changes.map(change => commitOf(change, at)),
      signal,
    )
    const { tasks, runs } = lastOfEach(changes)
    for (const run of runs.values()) await writeRun(this.#layout, run)
    await Promise.all([...tasks.values()].map(task => this.#writeTask(task)))
  }

  async #writeTask(task: Task): Promise<void> {
    if (await this.#folder.isForeign(task.id)) await this.#setAside(task)
    await this.#folder.write(task.id, encodeTask(task))
  }

  /** Somebody wrote the file since we did: their bytes are kept, never overwritten unseen. */
  async #setAside(task: Task): Promise<void> {
    const name = `${task.id}.json`
    const bytes = await readFile(`${this.#layout.tasks}/${name}`)
    const why = `written by somebody else while ${task.id} was at revision ${task.rev}`
    const kept = await quarantine(this.#layout, name, bytes, why, Date.now())
    this.#notice(`${task.id}: the file was changed by somebody else; those bytes are kept in ${kept}`)
  }
}

function commitOf(change: RecordedChange, at: number): BranchCommit {
  return { message: formatMessage(change.note), files: filesOf(change), at }
}

function filesOf(change: RecordedChange): BranchCommit['files'] {
  switch (change.kind) {
    case 'taskSaved':
      return [{ path: branchPaths.task(change.task.id), bytes: encodeTask(change.task) }]
    case 'tasksSaved':
      return change.tasks.map(task => ({ path: branchPaths.task(task.id), bytes: encodeTask(task) }))
    case 'runSaved':
      return [{ path: branchPaths.run(change.run.id), bytes: encodeRun(change.run) }]
  }
}

/** Of several revisions in one burst only the last needs to reach its file. */
function lastOfEach(changes: readonly RecordedChange[]): {
  readonly tasks: ReadonlyMap<string, Task>
  readonly runs: ReadonlyMap<string, Run>
} {
  const tasks = new Map<string, Task>()
  const runs = new Map<string, Run>()
  for (const change of changes) {
    if (change.kind === 'taskSaved') tasks.set(change.task.id, change.task)
    else if (change.kind === 'tasksSaved') for (const task of change.tasks) tasks.set(task.id, task)
    else runs.set(change.run.id, change.run)
  }
  return { tasks, runs }
}
