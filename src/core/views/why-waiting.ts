// Why a ready task does not start: derived for whoever looks, never stored.

import type { Board } from '../board/board.js'
import { seatFits } from '../board/seat-fit.js'
import { edgesOf, type Status, type Task, type TaskId } from '../model/task.js'

/** Ids that one line names; more are counted. */
const namedIds = 3

/** Null for a task that could start as soon as a seat is free. */
export function whyWaiting(board: Board, task: Task): string | null {
  if (task.status !== 'ready') return null
  const open = edgesOf(task).filter(id => board.tasks.get(id)?.status !== 'completed')
  if (open.length > 0) return needs(board, open)
  if (task.notBefore !== null && !board.ready.has(task.id)) return `not before ${task.notBefore}`
  const fitting = [...board.seats.values()].filter(state => seatFits(state.seat, task))
  if (board.seats.size > 0 && fitting.length === 0) return noSeat(task)
  return null
}

/** A dependency that will not complete by itself strands its dependents; that is said first. */
function needs(board: Board, open: readonly TaskId[]): string {
  const stranding = open.filter(id => isStranding(board.tasks.get(id)?.status))
  const [word, ids] = stranding.length > 0 ? ['stranded by', stranding] : ['needs', open]
  const named = ids.slice(0, namedIds).map(id => withState(board, id))
  return `${word} ${named.join(', ')}${ids.length > namedIds ? ` and ${ids.length - namedIds} more` : ''}`
}

function isStranding(status: Status | undefined): boolean {
  return status === undefined || status === 'failed' || status === 'cancelled' || status === 'blocked'
}

function withState(board: Board, id: TaskId): string {
  const status = board.tasks.get(id)?.status
  return isStranding(status) ? `${id} (${status ?? 'unknown'})` : id
}

function noSeat(task: Task): string {
  if (task.agent?.seat !== undefined) return `no seat is called ${task.agent.seat}`
  if (task.agent?.executor !== undefined) return `no seat runs ${task.agent.executor}`
  const asked = [...task.requiredSkills.map(skill => `skill ${skill}`), ...task.tags.map(tag => `tag ${tag}`)]
  return `no seat fits${asked.length === 0 ? '' : ` (${asked.join(', ')})`}`
}
