// What is wrong with a dependency graph: edges to tasks that do not exist, and cycles. `add` and `edit` refuse
// them, import names them, a run lets their members wait.

import { edgesOf, type Task, type TaskId } from '../model/task.js'

export interface GraphFlaws {
  readonly dangling: readonly { readonly task: TaskId; readonly missing: TaskId }[]
  /** Each cycle once, in order of its edges, beginning with its alphabetically first member. */
  readonly cycles: readonly (readonly TaskId[])[]
}

export function findGraphFlaws(tasks: ReadonlyMap<TaskId, Task>): GraphFlaws {
  const dangling: { task: TaskId; missing: TaskId }[] = []
  for (const task of tasks.values()) {
    for (const id of edgesOf(task)) if (!tasks.has(id)) dangling.push({ task: task.id, missing: id })
  }
  return { dangling, cycles: findCycles(tasks) }
}

/** Depth first without recursion: a chain of 100,000 tasks must not exhaust the stack. */
function findCycles(tasks: ReadonlyMap<TaskId, Task>): TaskId[][] {
  const cycles: TaskId[][] = []
  const state = new Map<TaskId, 'open' | 'done'>()
  for (const root of tasks.keys()) {
    if (state.has(root)) continue
    const path: { id: TaskId; edges: readonly TaskId[]; next: number }[] = []
    const enter = (id: TaskId): void => {
      const task = tasks.get(id)
      state.set(id, 'open')
      path.push({ id, edges: task === undefined ? [] : edgesOf(task), next: 0 })
    }
    enter(root)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const id = top.edges[top.next]
      top.next += 1
      if (id === undefined) {
        state.set(top.id, 'done')
        path.pop()
      } else if (state.get(id) === 'open') {
        cycles.push(firstFirst(path.slice(path.findIndex(step => step.id === id)).map(step => step.id)))
      } else if (!state.has(id)) {
        enter(id)
      }
    }
  }
  return cycles
}

function firstFirst(cycle: readonly TaskId[]): TaskId[] {
  let first = 0
  for (const [i, id] of cycle.entries()) if (id < (cycle[first] ?? id)) first = i
  return [...cycle.slice(first), ...cycle.slice(0, first)]
}

/** The flaws as sentences for a person. */
export function describeGraphFlaws(flaws: GraphFlaws): string[] {
  return [
    ...flaws.dangling.map(
      ({ task, missing }) => `task "${task}" depends on "${missing}", which does not exist`,
    ),
    ...flaws.cycles.map(cycle => `tasks wait for each other in a cycle: ${[...cycle, cycle[0]].join(' → ')}`),
  ]
}
