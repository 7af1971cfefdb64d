// Which of two ready tasks goes first: effective priority (the most urgent of the task and all that wait for
// it), then the longest remaining chain, then age. Worked out for the whole graph at load and on graph edits
// only; members of a cycle keep their own priority and a chain of one, for they never start anyway.

import { edgesOf, isSettled, priorityRank, type Task, type TaskId } from '../model/task.js'

export interface Rank {
  /** 0 is critical. */
  readonly priority: number
  /** Number of tasks in the longest chain that waits for this one, itself included. */
  readonly chain: number
  /** Time of creation, as the task has it; tasks of one import share it and go by their place in it. */
  readonly createdAt: string
  readonly place: number
}

export function compareRanks(a: Rank, b: Rank): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  if (a.chain !== b.chain) return b.chain - a.chain
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.place - b.place
}

/** Ranks of all tasks, in time linear in tasks and edges. */
export function rankTasks(tasks: ReadonlyMap<TaskId, Task>): Map<TaskId, Rank> {
  const ranks = new Map<TaskId, { -readonly [K in keyof Rank]: Rank[K] }>()
  const waiters = new Map<TaskId, number>()
  let place = 0
  for (const task of tasks.values()) {
    const priority = priorityRank[task.priority]
    ranks.set(task.id, { priority, chain: 1, createdAt: task.createdAt, place })
    place += 1
    if (isSettled(task.status)) continue
    for (const id of edgesOf(task)) waiters.set(id, (waiters.get(id) ?? 0) + 1)
  }
  // From the tasks that nothing waits for, back along the edges: each is done once all its waiters are.
  const done = [...tasks.values()].filter(task => !waiters.has(task.id))
  for (let task = done.pop(); task !== undefined; task = done.pop()) {
    if (isSettled(task.status)) continue
    const rank = ranks.get(task.id)
    if (rank === undefined) continue
    for (const id of edgesOf(task)) {
      const below = ranks.get(id)
      const dependency = tasks.get(id)
      if (below === undefined || dependency === undefined) continue
      below.priority = Math.min(below.priority, rank.priority)
      below.chain = Math.max(below.chain, rank.chain + 1)
      const left = (waiters.get(id) ?? 0) - 1
      waiters.set(id, left)
      if (left === 0) done.push(dependency)
    }
  }
  return ranks
}
