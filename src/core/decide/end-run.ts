// When a run is over. Nothing ends it while anything can run: timers and resets keep it alive, and so does a
// pause, for whoever paused it means to come back.

import { seatFits } from '../board/seat-fit.js'
import type { EndState, Run } from '../model/run.js'
import { openAttempt, type TaskId } from '../model/task.js'
import { isoTime } from '../model/time.js'
import { closeAttempt } from './attempts/close-attempt.js'
import { liveAttempt } from './attempts/live-attempt.js'
import type { Turn } from './turn.js'
import { drainDeadline, nextDue, totalLimit } from './wake.js'

/** Time limit reached: no new starts, and what runs is drained. */
export function checkTimeLimit(turn: Turn): void {
  const { run } = turn.board
  const limit = totalLimit(turn.board)
  if (run === null || run.end !== null || run.desired.stop !== null || limit === null || limit > turn.at)
    return
  const stop = { how: 'drain', at: isoTime(turn.at), end: 'time_limit' } as const
  turn.saveRun(run, { desired: { ...run.desired, stop } }, 'time limit reached')
  turn.announce('warning', 'The time limit is reached: nothing new starts, running attempts are drained.')
}

/** Asks running agents to end once the drain time is over. */
export function drainAttempts(turn: Turn): void {
  const { board } = turn
  const deadline = drainDeadline(board)
  if (board.run === null || board.run.end !== null || deadline === null || deadline > turn.at) return
  const now = board.run.desired.stop?.how === 'now'
  if (now) sendBackQueue(turn)
  for (const id of board.live) {
    const task = board.tasks.get(id)
    const attempt = task === undefined ? null : openAttempt(task)
    if (attempt?.phase !== 'agent' || board.stopping.has(id)) continue
    turn.change({ kind: 'stopAsked', ref: { task: id, n: attempt.n }, why: 'stopped' })
    turn.effect({ kind: 'stopAttempt', task: id, n: attempt.n, why: 'stopped', now })
  }
}

/** A hurried stop does not wait for gates: work that is only queued stays on its branch, and the task is ready again. */
function sendBackQueue(turn: Turn): void {
  const { board } = turn
  const kept = board.head === 'idle' ? 0 : 1
  for (const entry of board.queue.slice(kept)) {
    const live = liveAttempt(turn, entry, 'gates')
    if (live !== null)
      closeAttempt(
        turn,
        live.task,
        { outcome: 'stopped', reason: 'the run was stopped before its gates' },
        {},
      )
  }
  if (board.queue.length > kept)
    turn.change({ kind: 'queueMoved', queue: board.queue.slice(0, kept), head: board.head })
}

export function checkEnd(turn: Turn): void {
  const { run } = turn.board
  if (run === null || run.end !== null) return
  const end = endOf(turn, run)
  if (end === null) return
  turn.saveRun(run, { end, endedAt: isoTime(turn.at), counts: { ...turn.board.counts } }, `ended, ${end}`)
  turn.effect({ kind: 'endRun', end })
}

function endOf(turn: Turn, run: Run): EndState | null {
  const { board } = turn
  if (board.head !== 'idle') return null
  if (board.live.size > 0) return null
  if (run.desired.stop !== null) return run.desired.stop.end
  if ([...statuses(turn)].every(status => status === 'completed' || status === 'cancelled'))
    return 'all_tasks_complete'
  if (run.desired.paused || board.lowOn.size > 0) return null
  if (board.baselineAsked && run.baseline === null) return null
  return nextDue(board, turn.at) === null || !anyMayComeBack(turn) ? 'nothing_runnable' : null
}

function* statuses(turn: Turn): Iterable<string> {
  for (const [status, count] of Object.entries(turn.board.counts)) if (count > 0) yield status
}

/** Whether waiting can help: a task waits for nothing but time, or for a seat that rests and will come back. */
function anyMayComeBack(turn: Turn): boolean {
  const { board } = turn
  const hasSeat = (id: TaskId): boolean => {
    const task = board.tasks.get(id)
    if (task === undefined) return false
    for (const { seat } of board.seats.values())
      if (seatFits(seat, task) && board.providers.get(seat.provider)?.until !== null) return true
    return false
  }
  if (board.ready.someClass(hasSeat)) return true
  for (const id of board.delayed.ids()) if (hasSeat(id)) return true
  return false
}
