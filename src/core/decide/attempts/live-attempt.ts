// Finds the attempt that an event speaks of. Late and doubled events are normal, so not finding it is no error.

import type { AttemptRef } from '../../messages/events.js'
import { type Attempt, openAttempt, type Task } from '../../model/task.js'
import type { Turn } from '../turn.js'

/** The task and its open attempt when `ref` names it and it is in that phase. */
export function liveAttempt(
  turn: Turn,
  ref: AttemptRef,
  phase: Attempt['phase'],
): { readonly task: Task; readonly attempt: Attempt } | null {
  const task = turn.task(ref.task)
  const attempt = task === undefined ? null : openAttempt(task)
  if (task === undefined || attempt === null || attempt.n !== ref.n || attempt.phase !== phase) return null
  return { task, attempt }
}
