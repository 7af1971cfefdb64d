// A failed task goes to another provider's seat when one fits: the same agent rarely does better on the same
// prompt. Whether another is there to wait for is asked at the start, for seats come and go with their rests.

import type { Task } from '../model/task.js'
import type { Board } from './board.js'

/** The provider that a retry would rather not meet again, or null. */
export function avoidedProvider(board: Board, task: Task): string | null {
  if (!board.config.retry.rotate) return null
  const last = task.attempts.at(-1)
  if (last?.spent !== true || last.n <= task.retriedAfter) return null
  return board.seats.get(last.seat)?.seat.provider ?? null
}
