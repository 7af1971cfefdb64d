// A smaller backlog: the first tasks of a larger one, without their edges to those left out.

import type { TaskFile } from '../../core/schema/task.js'

export function firstTasks(tasks: readonly TaskFile[], count: number): readonly TaskFile[] {
  const chosen = tasks.slice(0, count)
  const ids = new Set(chosen.map(task => task.id))
  const inside = (edges: readonly string[] | undefined): string[] => (edges ?? []).filter(id => ids.has(id))
  return chosen.map(task => ({
    ...task,
    dependencies: inside(task.dependencies),
    blockers: inside(task.blockers),
  }))
}
