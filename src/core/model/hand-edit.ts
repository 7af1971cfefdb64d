// Which fields of a task file belong to the person and which to the engine. A hand edit takes over the person's
// fields; the engine's stay what the engine knows them to be.

import { type Task, taskKeys } from './task.js'

const engineKeys = new Set<string>([
  'schema',
  'rev',
  'id',
  'status',
  'hold',
  'attempts',
  'retriedAfter',
  'result',
  'createdAt',
  'updatedAt',
  'startedAt',
  'completedAt',
  'import',
  'waived',
])

/** `known` with the person's fields, unknown ones included, as `edited` has them. */
export function mergeHandEdit(known: Task, edited: Task): Task {
  const merged: Record<string, unknown> = { ...edited }
  for (const key of taskKeys) if (engineKeys.has(key)) merged[key] = known[key]
  return merged as unknown as Task
}

/** Whether a person's field differs between the two. */
export function differsByHand(known: Task, edited: Task): boolean {
  return JSON.stringify(sorted(known)) !== JSON.stringify(sorted(mergeHandEdit(known, edited)))
}

function sorted(task: Task): [string, unknown][] {
  return Object.entries(task).sort(([a], [b]) => (a < b ? -1 : 1))
}
