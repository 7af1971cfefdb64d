// What is wrong with the dependencies once new tasks stand beside those that are there, as sentences.

import { describeGraphFlaws, findGraphFlaws } from '../../core/board/graph-flaws.js'
import type { Layout } from '../../core/layout.js'
import { newTask, type Task } from '../../core/model/task.js'
import type { TaskFile } from '../../core/schema/task.js'
import { TaskFolder } from '../../store/task-folder.js'

/** Flaws that concern `added`; ids that are there already keep their present tasks. */
export async function graphFlawsWith(
  layout: Layout,
  added: readonly TaskFile[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { files } = await new TaskFolder(layout.tasks).load(signal)
  const tasks = new Map<string, Task>()
  for (const { check } of files) if (check.ok) tasks.set(check.task.id, check.task)
  const present = new Set([...tasks.keys()].map(id => id.toLowerCase()))
  const fresh = new Set<string>()
  for (const file of added) {
    if (present.has(file.id.toLowerCase())) continue
    tasks.set(file.id, newTask(file, 0))
    fresh.add(file.id)
  }
  const all = findGraphFlaws(tasks)
  return describeGraphFlaws({
    dangling: all.dangling.filter(edge => fresh.has(edge.task)),
    cycles: all.cycles.filter(cycle => cycle.some(id => fresh.has(id))),
  })
}
