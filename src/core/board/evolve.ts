// Applies one change to the board and keeps every index true to the tasks. The only code that writes to a
// board; it decides nothing and never fails.

import { unreachable } from '../fault.js'
import type { Change } from '../messages/changes.js'
import { type CommandReply, rememberedRequests } from '../messages/commands.js'
import { edgesOf, openAttempt, type Task, type TaskId } from '../model/task.js'
import { parseTime } from '../model/time.js'
import { type Board, kindsOf } from './board.js'
import { rankTasks } from './ranking.js'
import { constraintClass } from './seat-fit.js'

export function evolve(board: Board, change: Change): void {
  switch (change.kind) {
    case 'boardLoaded':
      load(board, change.epoch, change.run, change.tasks)
      return
    case 'taskSaved':
      saveTasks(board, [change.task])
      return
    case 'tasksSaved':
      saveTasks(board, change.tasks)
      return
    case 'runSaved':
      board.run = change.run
      return
    case 'seatRested': {
      const seat = board.seats.get(change.seat)
      if (seat !== undefined) {
        seat.restUntil = change.until
        seat.restWhy = change.why
      }
      return
    }
    case 'providerPaused':
      board.providers.set(change.provider, { until: change.until, why: change.why, strikes: change.strikes })
      return
    case 'providerRecovered':
      board.providers.delete(change.provider)
      return
    case 'stopAsked':
      board.stopping.set(change.ref.task, change.why)
      return
    case 'queueMoved':
      board.queue = change.queue
      board.head = change.head
      return
    case 'failuresCounted':
      board.failuresInARow = change.inARow
      board.startsAfter = change.startsAfter
      return
    case 'baselineAsked':
      board.baselineAsked = true
      return
    case 'requestRemembered':
      rememberRequest(board, change.reply)
      return
    case 'deadlinesMoved':
      for (const seat of board.seats.values()) seat.restUntil += seat.restUntil === 0 ? 0 : change.gapMs
      board.startsAfter += board.startsAfter === 0 ? 0 : change.gapMs
      return
    case 'admissionSet':
      if (change.low) board.lowOn.add(change.lowOn)
      else board.lowOn.delete(change.lowOn)
      return
    case 'timePassed':
      releaseDue(board, change.at)
      return
    case 'wakeSet':
      board.wakeAt = change.at
      return
    default:
      unreachable(change)
  }
}

function load(board: Board, epoch: number, run: Board['run'], tasks: readonly Task[]): void {
  board.epoch = epoch
  board.run = run
  board.tasks.clear()
  board.dependents.clear()
  board.openEdges.clear()
  board.ready.clear()
  board.delayed.clear()
  board.live.clear()
  board.liveFiles.clear()
  board.liveKinds.clear()
  board.stopping.clear()
  board.queue = []
  board.head = 'idle'
  board.wakeAt = null
  board.providers.clear()
  board.failuresInARow = 0
  board.startsAfter = 0
  // Whoever asked before may never answer.
  board.baselineAsked = false
  for (const seat of board.seats.values()) Object.assign(seat, { task: null, restUntil: 0, restWhy: null })
  for (const status of Object.keys(board.counts) as (keyof Board['counts'])[]) board.counts[status] = 0
  saveTasks(board, tasks)
}

function saveTasks(board: Board, tasks: readonly Task[]): void {
  let graphEdited = false
  for (const task of tasks) graphEdited = replaceTask(board, task) || graphEdited
  if (graphEdited) rerank(board)
}

/** Puts one task into every index; true when the graph or a priority is no longer what it was. */
function replaceTask(board: Board, task: Task): boolean {
  const before = board.tasks.get(task.id)
  if (before !== undefined) leave(board, before)
  board.tasks.set(task.id, task)
  // Before the edges are counted anew: a task may name itself, and is then counted once.
  if ((before?.status === 'completed') !== (task.status === 'completed')) spreadCompletion(board, task)
  const sameEdges = before !== undefined && haveSameEdges(before, task)
  if (!sameEdges) reconnect(board, before, task)
  enter(board, task)
  countForSeat(board, before, task)
  return !sameEdges || before.priority !== task.priority
}

function haveSameEdges(before: Task, task: Task): boolean {
  if (
    before.dependencies === task.dependencies &&
    before.blockers === task.blockers &&
    before.waived === task.waived
  )
    return true
  return JSON.stringify(edgesOf(before)) === JSON.stringify(edgesOf(task))
}

function leave(board: Board, task: Task): void {
  board.counts[task.status] -= 1
  board.ready.remove(task.id)
  board.delayed.remove(task.id)
  if (task.status !== 'in_progress') return
  board.live.delete(task.id)
  board.liveFiles.remove(task.files)
  for (const kind of kindsOf(task)) countKind(board, kind, -1)
  const attempt = openAttempt(task)
  const seat = attempt === null ? undefined : board.seats.get(attempt.seat)
  if (seat?.task === task.id) seat.task = null
}

function enter(board: Board, task: Task): void {
  board.counts[task.status] += 1
  if (task.status === 'ready') enterReady(board, task)
  if (task.status !== 'in_progress') {
    board.stopping.delete(task.id)
    return
  }
  board.live.add(task.id)
  board.liveFiles.add(task.files)
  for (const kind of kindsOf(task)) countKind(board, kind, 1)
  const attempt = openAttempt(task)
  const seat = attempt === null ? undefined : board.seats.get(attempt.seat)
  if (seat !== undefined && attempt?.phase === 'agent') seat.task = task.id
}

/** Into the heaps once nothing but a seat is missing; into the delayed ones while only time is. */
function enterReady(board: Board, task: Task): void {
  if ((board.openEdges.get(task.id) ?? 0) > 0) return
  const notBefore = parseTime(task.notBefore)
  if (notBefore !== null) board.delayed.add(task.id, notBefore)
  else offer(board, task)
}

function offer(board: Board, task: Task): void {
  const rank = board.ranks.get(task.id)
  const key = constraintClass(board, task)
  if (rank !== undefined && key !== null) board.ready.add(task.id, key, rank)
}

function releaseDue(board: Board, at: number): void {
  for (let id = board.delayed.takeDue(at); id !== null; id = board.delayed.takeDue(at)) {
    const task = board.tasks.get(id)
    if (task !== undefined) offer(board, task)
  }
}

/** What a seat has begun and what of it landed, for the crew's panel. */
function countForSeat(board: Board, before: Task | undefined, task: Task): void {
  const last = task.attempts.at(-1)
  const seat = last === undefined ? undefined : board.seats.get(last.seat)
  if (last === undefined || seat === undefined || before === undefined) return
  if (task.attempts.length > before.attempts.length) seat.attempts += 1
  if (last.outcome === 'done' && openAttempt(before) !== null) seat.done += 1
}

function reconnect(board: Board, before: Task | undefined, task: Task): void {
  for (const id of before === undefined ? [] : edgesOf(before)) {
    const waiters = board.dependents.get(id)
    waiters?.delete(task.id)
    if (waiters?.size === 0) board.dependents.delete(id)
  }
  let open = 0
  for (const id of edgesOf(task)) {
    const waiters = board.dependents.get(id) ?? new Set<TaskId>()
    waiters.add(task.id)
    board.dependents.set(id, waiters)
    if (board.tasks.get(id)?.status !== 'completed') open += 1
  }
  board.openEdges.set(task.id, open)
}

function spreadCompletion(board: Board, task: Task): void {
  const step = task.status === 'completed' ? -1 : 1
  for (const id of board.dependents.get(task.id) ?? []) {
    board.openEdges.set(id, (board.openEdges.get(id) ?? 0) + step)
    const waiter = board.tasks.get(id)
    if (waiter === undefined || waiter.status !== 'ready' || id === task.id) continue
    board.ready.remove(id)
    board.delayed.remove(id)
    enterReady(board, waiter)
  }
}

/** New ranks for all; the heaps are filled anew, for their order rests on the ranks. */
function rerank(board: Board): void {
  board.ranks = rankTasks(board.tasks)
  board.ready.clear()
  board.delayed.clear()
  for (const task of board.tasks.values()) if (task.status === 'ready') enterReady(board, task)
}

function countKind(board: Board, kind: string, step: 1 | -1): void {
  const count = (board.liveKinds.get(kind) ?? 0) + step
  if (count === 0) board.liveKinds.delete(kind)
  else board.liveKinds.set(kind, count)
}

function rememberRequest(board: Board, reply: CommandReply): void {
  board.requests.set(reply.requestId, reply)
  for (const oldest of board.requests.keys()) {
    if (board.requests.size <= rememberedRequests) break
    board.requests.delete(oldest)
  }
}
