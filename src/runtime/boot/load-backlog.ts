// Brings the two copies of the backlog together: the task branch and the files. A file that is missing or older
// comes back from the branch; one that cannot be read goes to quarantine and comes back; one that somebody wrote
// is taken in. Nothing is dropped: what is not taken over is kept in quarantine.

import { branchPaths, type Layout } from '../../core/layout.js'
import { differsByHand, mergeHandEdit } from '../../core/model/hand-edit.js'
import type { Run } from '../../core/model/run.js'
import type { Task, TaskId } from '../../core/model/task.js'
import type { EpochMs } from '../../core/model/time.js'
import type { TaskBranch } from '../../git/branch/task-branch.js'
import { quarantine } from '../../store/quarantine.js'
import { writeRun } from '../../store/run-folder.js'
import { checkRun } from '../../store/schema/check-run.js'
import { checkTask } from '../../store/schema/check-task.js'
import { describeFlaw } from '../../store/schema/flaw.js'
import type { LoadedFile, TaskFolder } from '../../store/task-folder.js'

export interface Backlog {
  readonly tasks: readonly Task[]
  readonly runs: readonly Run[]
  /** Tasks as a person left their files: to be recorded once the board is loaded. */
  readonly edited: readonly Task[]
  /** One sentence for each thing that was mended or set aside. */
  readonly notices: readonly string[]
}

interface Loading {
  readonly layout: Layout
  readonly branch: TaskBranch
  readonly folder: TaskFolder
  readonly at: EpochMs
  readonly signal: AbortSignal
}

/** The caller holds the engine's lock. */
export async function loadBacklog(loading: Loading): Promise<Backlog> {
  const { layout, branch, folder, at, signal } = loading
  const recorded = await branch.readAll(signal)
  const { files, unreadable } = await folder.load(signal, 'owner')
  const notices: string[] = []
  for (const bad of unreadable) {
    const kept = await quarantine(layout, bad.name, { moveFrom: bad.path }, bad.why, at)
    notices.push(`${bad.why}; its bytes are kept in ${kept}`)
  }
  const byId = new Map(files.map(file => [file.id, file]))
  const tasks = new Map<TaskId, Task>()
  const edited: Task[] = []
  for (const [path, bytes] of recorded) {
    const check = path.startsWith(branchPaths.task('').slice(0, -5)) ? checkTask(bytes, path, at) : null
    if (check === null) continue
    if (!check.ok) {
      notices.push(`on the task branch ${check.flaws.slice(0, 1).map(describeFlaw).join()}`)
      continue
    }
    tasks.set(check.task.id, check.task)
    const file = byId.get(check.task.id)
    byId.delete(check.task.id)
    await settleFile(loading, check.task, bytes, file, edited, notices)
  }
  for (const file of byId.values()) await takeIn(loading, file, edited, notices)
  return { tasks: [...tasks.values()], runs: await loadRuns(layout, recorded), edited, notices }
}

async function settleFile(
  loading: Loading,
  known: Task,
  bytes: Buffer,
  file: LoadedFile | undefined,
  edited: Task[],
  notices: string[],
): Promise<void> {
  const { layout, folder, at } = loading
  if (file?.bytes.equals(bytes)) return
  if (file === undefined) {
    notices.push(`${known.id}: the task file was missing and is restored`)
  } else if (!file.check.ok) {
    const why = file.check.flaws.slice(0, 1).map(describeFlaw).join()
    const kept = await quarantine(layout, `${known.id}.json`, { moveFrom: file.path }, why, at)
    notices.push(`${why}; restored from the task branch, the bytes are kept in ${kept}`)
  } else if (file.check.task.rev >= known.rev && differsByHand(known, file.check.task)) {
    edited.push(mergeHandEdit(known, file.check.task))
    notices.push(`${known.id}: edited by hand while nobody was looking; taken in`)
    return
  } else {
    // Older than the tip: our own crash between commit and file, or an edit of the engine's fields.
    await quarantine(
      layout,
      `${known.id}.json`,
      file.bytes,
      `revision ${file.check.task.rev} where the branch has ${known.rev}`,
      at,
    )
    notices.push(`${known.id}: the task file was older than the task branch and is rewritten`)
  }
  await folder.write(known.id, bytes)
}

/** A file that the branch does not know: a person's new task, or one that a lost branch had. */
async function takeIn(loading: Loading, file: LoadedFile, edited: Task[], notices: string[]): Promise<void> {
  if (file.check.ok) {
    edited.push(file.check.task)
    notices.push(`${file.id}: not on the task branch yet; taken in`)
    return
  }
  const why = file.check.flaws.slice(0, 1).map(describeFlaw).join()
  const kept = await quarantine(loading.layout, `${file.id}.json`, { moveFrom: file.path }, why, loading.at)
  notices.push(`${why}; the branch does not know this task, its bytes are kept in ${kept}`)
}

/** Run records of the branch, newest first; each also becomes a file again where it is missing. */
async function loadRuns(layout: Layout, recorded: ReadonlyMap<string, Buffer>): Promise<readonly Run[]> {
  const runs: Run[] = []
  const folder = branchPaths.run('').slice(0, -5)
  for (const [path, bytes] of recorded) {
    const check = path.startsWith(folder) ? checkRun(bytes, path) : null
    if (check?.ok === true) runs.push(check.run)
  }
  runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0))
  const newest = runs[0]
  if (newest !== undefined) await writeRun(layout, newest)
  return runs
}
