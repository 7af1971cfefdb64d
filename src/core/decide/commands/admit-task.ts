// A task from outside, made whole: what it says of itself must hold together, for only the engine's own record may
// say that an agent works on it.

import { newTask, openAttempt, type Result, type Task } from '../../model/task.js'
import { type EpochMs, isoTime } from '../../model/time.js'
import type { TaskFile } from '../../schema/task.js'

/** Dead `in_progress` becomes ready, a hold stands exactly where the task is blocked, completed work has a result. */
export function admitTask(given: TaskFile, at: EpochMs, by: string): Task {
  const task = newTask(given, at)
  const status = task.status === 'in_progress' ? 'ready' : task.status
  const text = 'blocked where it came from'
  const hold =
    status === 'blocked' ? (task.hold ?? { why: 'held' as const, by, at: isoTime(at), text }) : null
  const result = status === 'completed' ? (task.result ?? importedResult(at, by)) : null
  const attempts = task.attempts.map(attempt =>
    attempt.outcome === null
      ? { ...attempt, outcome: 'stopped' as const, spent: false, endedAt: isoTime(at) }
      : attempt,
  )
  return { ...task, status, hold, result, attempts: openAttempt(task) === null ? task.attempts : attempts }
}

function importedResult(at: EpochMs, by: string): Result {
  return { kind: 'imported', commit: null, tree: null, at: isoTime(at), by, summary: null, costUsd: null }
}
