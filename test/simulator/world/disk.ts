// A model of what outlives a crash of the orchestrator: the task branch, one commit a change, and the files. Every
// commit is checked against the rules of the history; files may lag behind the branch and never lead.

import { maxAttemptsOf } from '../../../src/core/decide/attempts/settle-attempt.js'
import { type Change, isRecorded, type RecordedChange } from '../../../src/core/messages/changes.js'
import type { Config } from '../../../src/core/model/config.js'
import type { Run } from '../../../src/core/model/run.js'
import { countedAttempts, type Task } from '../../../src/core/model/task.js'
import { illegalStep } from '../../core/given/legal-steps.js'

export class Disk {
  readonly branch = new Map<string, Task>()
  readonly files = new Map<string, Task>()
  run: Run | null = null
  runFile: Run | null = null
  commits = 0
  readonly #config: Config
  /** Called with a task as it becomes part of the history. */
  readonly #onCommit: (task: Task) => void

  constructor(config: Config, onCommit: (task: Task) => void) {
    this.#config = config
    this.#onCommit = onCommit
  }

  /** The tip moves on by these commits at once. */
  commit(changes: readonly RecordedChange[]): void {
    for (const change of changes) {
      this.commits += 1
      if (change.kind === 'runSaved') this.#commitRun(change.run)
      else for (const task of tasksOf(change)) this.#commitTask(task)
    }
  }

  /** Files of the tasks and the run that these changes touched, one step each, the last revision only. */
  fileWrites(changes: readonly RecordedChange[]): (() => void)[] {
    const last = new Map<string, Task>()
    for (const change of changes) for (const task of tasksOf(change)) last.set(task.id, task)
    const writes = [...last.values()].map(task => () => {
      this.files.set(task.id, task)
    })
    const run = changes.findLast(change => change.kind === 'runSaved')?.run
    return run === undefined ? writes : [...writes, () => this.#writeRun(run)]
  }

  #writeRun(run: Run): void {
    this.runFile = run
  }

  /**
   * What a boot finds: the branch, whose files come back where they lag. A file ahead of the branch is no work of
   * ours. `asText` takes all through text and back, as in life: nothing but plain data may be on record.
   */
  load(asText: boolean): { readonly tasks: readonly Task[]; readonly run: Run | null } {
    for (const [id, file] of this.files) {
      const known = this.branch.get(id)
      if (known === undefined || known.rev < file.rev)
        throw new Error(
          `the file of ${id} has rev ${file.rev}, the branch ${known?.rev ?? 'does not know it'}`,
        )
    }
    for (const [id, task] of this.branch) this.files.set(id, task)
    this.runFile = this.run
    const found = { tasks: [...this.branch.values()], run: this.run }
    return asText ? (JSON.parse(JSON.stringify(found)) as typeof found) : found
  }

  /** Whether branch and file hold at least this revision of everything that these changes saved. */
  holds(changes: readonly Change[]): boolean {
    return changes.filter(isRecorded).every(change => {
      if (change.kind === 'runSaved')
        return (this.run?.rev ?? 0) >= change.run.rev && (this.runFile?.rev ?? 0) >= change.run.rev
      return tasksOf(change).every(
        task =>
          (this.branch.get(task.id)?.rev ?? 0) >= task.rev && (this.files.get(task.id)?.rev ?? 0) >= task.rev,
      )
    })
  }

  #commitTask(task: Task): void {
    const before = this.branch.get(task.id)
    const flaw = illegalStep(before, task)
    if (flaw !== null) throw new Error(`illegal step: ${flaw}`)
    const counted = countedAttempts(task)
    const grew = before !== undefined && counted > countedAttempts(before)
    if (grew && counted > maxAttemptsOf(task, this.#config))
      throw new Error(`${task.id} has ${counted} counted attempts`)
    this.branch.set(task.id, task)
    this.#onCommit(task)
  }

  #commitRun(run: Run): void {
    const before = this.run
    if (before !== null && before.id === run.id && run.rev !== before.rev + 1)
      throw new Error(`run ${run.id}: rev ${before.rev} → ${run.rev}`)
    if (before !== null && before.id === run.id && before.end !== null)
      throw new Error(`run ${run.id} was saved after its end`)
    this.run = run
  }
}

function tasksOf(change: RecordedChange): readonly Task[] {
  return change.kind === 'taskSaved' ? [change.task] : change.kind === 'tasksSaved' ? change.tasks : []
}
