// What a person may ask of single tasks. All ids are checked before anything is changed.

import { seatFits } from '../../board/seat-fit.js'
import type { CommandReply, CommandRequest } from '../../messages/commands.js'
import type { StopReason } from '../../messages/verdict.js'
import { openAttempt, type Pin, type Task, type TaskId } from '../../model/task.js'
import type { Turn } from '../turn.js'
import { countOf, done, refused, unknownTask } from './answer.js'

export function retryTasks(
  turn: Turn,
  request: CommandRequest,
  wanted: readonly TaskId[] | 'failed',
): CommandReply {
  const ids =
    wanted === 'failed'
      ? [...turn.board.tasks.values()].filter(task => task.status === 'failed').map(task => task.id)
      : wanted
  const tasks = tasksOf(turn, ids)
  if (typeof tasks === 'string') return unknownTask(request, tasks)
  for (const task of tasks) {
    if (task.status === 'completed')
      return refused(
        request,
        `Cannot retry ${task.id}: it is completed.`,
        'Completed work is taken back with `jetpack revert`, which this version does not have yet.',
      )
    if (task.status === 'in_progress')
      return refused(
        request,
        `Cannot retry ${task.id}: it is being worked on.`,
        '`jetpack kill` ends its attempt first.',
      )
  }
  for (const task of tasks) {
    const retriedAfter = task.attempts.at(-1)?.n ?? 0
    turn.saveTask(
      task,
      { status: 'ready', hold: null, notBefore: null, retriedAfter },
      { by: request.by, reason: 'retry' },
    )
  }
  return done(
    request,
    tasks.length === 0 ? 'Nothing to retry: no task has failed.' : `${listed(tasks)} will be tried again.`,
    ids,
  )
}

export function reassignTasks(
  turn: Turn,
  request: CommandRequest,
  ids: readonly TaskId[],
  to: string,
): CommandReply {
  const pin = pinFor(turn, to)
  if (pin === null)
    return refused(
      request,
      `Cannot reassign to "${to}": there is no such seat or executor.`,
      `Seats: ${[...turn.board.seats.keys()].join(', ')}.`,
    )
  const tasks = tasksOf(turn, ids)
  if (typeof tasks === 'string') return unknownTask(request, tasks)
  const settled = tasks.find(task => task.status === 'completed')
  if (settled !== undefined) return refused(request, `Cannot reassign ${settled.id}: it is completed.`)
  for (const task of tasks) {
    const pinned = turn.saveTask(task, { agent: pin }, { by: request.by, reason: `reassigned to ${to}` })
    const seat = turn.board.seats.get(openAttempt(task)?.seat ?? '')?.seat
    if (seat !== undefined && !seatFits(seat, pinned)) stopAgent(turn, task.id, 'reassigned', false)
  }
  return done(request, `${listed(tasks)} ${tasks.length === 1 ? 'goes' : 'go'} to ${to}.`, ids)
}

export function killAttempts(turn: Turn, request: CommandRequest, ids: readonly TaskId[]): CommandReply {
  const tasks = tasksOf(turn, ids)
  if (typeof tasks === 'string') return unknownTask(request, tasks)
  const idle = tasks.find(task => openAttempt(task)?.phase !== 'agent')
  if (idle !== undefined)
    return refused(request, `Cannot kill the attempt of ${idle.id}: no agent works on it.`)
  for (const task of tasks) {
    turn.saveTask(task, {}, { by: request.by, reason: 'kill asked', subject: `${task.id}: kill asked` })
    stopAgent(turn, task.id, 'killed_by_person', true)
  }
  return done(request, `The attempt of ${listed(tasks)} is being ended.`, ids)
}

/** Asks the agent of a task to end; nothing where none runs. */
export function stopAgent(turn: Turn, id: TaskId, why: StopReason, now: boolean): void {
  const task = turn.task(id)
  const attempt = task === undefined ? null : openAttempt(task)
  if (attempt?.phase !== 'agent') return
  turn.change({ kind: 'stopAsked', ref: { task: id, n: attempt.n }, why })
  turn.effect({ kind: 'stopAttempt', task: id, n: attempt.n, why, now })
}

function pinFor(turn: Turn, to: string): Pin | null {
  if (turn.board.seats.has(to)) return { seat: to }
  for (const { seat } of turn.board.seats.values()) if (seat.executor === to) return { executor: to }
  return null
}

/** The tasks, or the first id that nobody has. */
function tasksOf(turn: Turn, ids: readonly TaskId[]): readonly Task[] | TaskId {
  const tasks: Task[] = []
  for (const id of new Set(ids)) {
    const task = turn.task(id)
    if (task === undefined) return id
    tasks.push(task)
  }
  return tasks
}

function listed(tasks: readonly Task[]): string {
  return tasks.length <= 3 ? tasks.map(task => task.id).join(', ') : countOf(tasks.length, 'task')
}
