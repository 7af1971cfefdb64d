// Whether a seat may take a task at all: pin, skills, tags, types, and a command where the executor needs one.
// Pauses and limits are not asked here; they pass, this does not.

import type { Seat } from '../model/config.js'
import type { Task } from '../model/task.js'
import { avoidedProvider } from './avoided-provider.js'
import { type Board, kindsOf } from './board.js'

export function seatFits(seat: Seat, task: Task): boolean {
  if (task.agent?.seat !== undefined && task.agent.seat !== seat.name) return false
  if (task.agent?.executor !== undefined && task.agent.executor !== seat.executor) return false
  if (seat.executor === 'command' && task.command === null && seat.command === null) return false
  if (seat.types.length > 0 && !seat.types.includes(task.type)) return false
  if (seat.tags.length > 0 && !task.tags.some(tag => seat.tags.includes(tag))) return false
  return seat.skills.length === 0 || task.requiredSkills.every(skill => seat.skills.includes(skill))
}

/**
 * Tasks with equal keys fit the same seats, count against the same limits and avoid the same provider, so one heap
 * serves them all. There are as many keys as the crew and its limits can tell apart, however many tags the backlog
 * has. Null where no seat of the crew fits; without a crew nothing is known yet and all tasks share one key.
 */
export function constraintClass(board: Board, task: Task): string | null {
  if (board.seats.size === 0) return ''
  const fitting: number[] = []
  for (const { seat } of board.seats.values()) if (seatFits(seat, task)) fitting.push(seat.index)
  if (fitting.length === 0) return null
  const limited = kindsOf(task).filter(kind => limitOf(board, kind) !== undefined)
  return JSON.stringify([fitting, limited.sort(), avoidedProvider(board, task)])
}

/** How many attempts of this type or tag may run side by side; undefined where there is no limit. */
export function limitOf(board: Board, kind: string): number | undefined {
  return Object.hasOwn(board.config.taskLimits, kind) ? board.config.taskLimits[kind] : undefined
}
