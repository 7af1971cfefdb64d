// The task table: one row a task, filtered, sorted and cut to the window that a viewer shows.

import type { Board } from '../board/board.js'
import { compareRanks } from '../board/ranking.js'
import { maxAttemptsOf } from '../decide/attempts/settle-attempt.js'
import { countedAttempts, openAttempt, type Status, type Task, type TaskId } from '../model/task.js'
import type { TaskDetail, TaskPage, TaskQuery, TaskRow, TaskSort } from '../wire/views.js'
import { whyWaiting } from './why-waiting.js'

/** Rows that one answer carries at most. */
export const maxRows = 10_000

export function taskRow(board: Board, task: Task): TaskRow {
  const attempt = openAttempt(task)
  const last = task.attempts.at(-1)
  const waiting = whyWaiting(board, task)
  const costs = task.attempts.map(each => each.costUsd)
  return {
    id: task.id,
    title: task.title,
    status: task.status,
    waiting: waiting !== null,
    why:
      waiting ??
      (task.hold !== null
        ? task.hold.text
        : task.status === 'ready' || task.status === 'failed'
          ? (last?.reason ?? null)
          : null),
    priority: task.priority,
    type: task.type,
    seat: attempt?.seat ?? last?.seat ?? null,
    phase: attempt?.phase ?? null,
    attempts: task.attempts.length,
    counted: countedAttempts(task),
    maxAttempts: maxAttemptsOf(task, board.config),
    since: attempt?.startedAt ?? task.updatedAt,
    costUsd:
      costs.length === 0 || costs.some(cost => cost === null)
        ? null
        : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    rev: task.rev,
  }
}

export function taskPage(board: Board, query: TaskQuery): TaskPage {
  const matches = [...board.tasks.values()].filter(matcher(board, query.filter))
  matches.sort(orderFor(board, query.sort))
  const offset = Math.max(0, query.offset)
  const count = Math.min(maxRows, Math.max(0, query.count))
  const rows = matches.slice(offset, offset + count).map(task => taskRow(board, task))
  return { schema: 'jetpack.tasks/1', total: board.tasks.size, matching: matches.length, offset, rows }
}

export function taskDetail(board: Board, id: TaskId): TaskDetail | null {
  const task = board.tasks.get(id)
  if (task === undefined) return null
  const dependents = [...(board.dependents.get(id) ?? [])].sort()
  return { schema: 'jetpack.task-detail/1', task, row: taskRow(board, task), dependents }
}

/** Words must all occur; `status:x` and `seat:x` name a field. `status:waiting` asks for ready tasks that cannot start. */
function matcher(board: Board, filter: string): (task: Task) => boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  if (words.length === 0) return () => true
  return task => words.every(word => matchesWord(board, task, word))
}

function matchesWord(board: Board, task: Task, word: string): boolean {
  const seat = openAttempt(task)?.seat ?? task.attempts.at(-1)?.seat ?? ''
  if (word === 'status:waiting') return whyWaiting(board, task) !== null
  if (word === 'status:ready') return task.status === 'ready' && whyWaiting(board, task) === null
  if (word.startsWith('status:')) return word.slice(7).split(',').includes(task.status)
  if (word.startsWith('seat:')) return seat.toLowerCase() === word.slice(5)
  return [task.id, task.title, task.status, task.type, seat, ...task.tags].some(text =>
    text.toLowerCase().includes(word),
  )
}

/** What a person wants to see first. */
const attention: Readonly<Record<Status, number>> = {
  blocked: 0,
  failed: 1,
  in_progress: 2,
  ready: 3,
  completed: 5,
  cancelled: 6,
}

function orderFor(board: Board, sort: TaskSort): (a: Task, b: Task) => number {
  const byRank = (a: Task, b: Task): number => {
    const [rankA, rankB] = [board.ranks.get(a.id), board.ranks.get(b.id)]
    return rankA === undefined || rankB === undefined ? 0 : compareRanks(rankA, rankB)
  }
  const byUpdate = (a: Task, b: Task): number =>
    a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : byRank(a, b)
  switch (sort) {
    case 'id':
      return (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
    case 'order':
      return byRank
    case 'updated':
      return byUpdate
    case 'attention':
      return (a, b) =>
        urgency(board, a) - urgency(board, b) || (a.status === 'completed' ? byUpdate(a, b) : byRank(a, b))
  }
}

function urgency(board: Board, task: Task): number {
  return task.status === 'ready' && (board.openEdges.get(task.id) ?? 0) > 0 ? 4 : attention[task.status]
}
