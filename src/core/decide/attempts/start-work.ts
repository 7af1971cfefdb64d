// Gives idle seats the next tasks, and says when to look again. Save point (a): the attempt is on record before
// the agent starts.

import { avoidedProvider } from '../../board/avoided-provider.js'
import { kindsOf, type SeatState } from '../../board/board.js'
import { limitOf, seatFits } from '../../board/seat-fit.js'
import { countedAttempts, nextAttemptNumber, type Task, type TaskId, wholeAttempt } from '../../model/task.js'
import { isoTime } from '../../model/time.js'
import type { Turn } from '../turn.js'
import { maxAttemptsOf, needsFreshStart } from './settle-attempt.js'

/** Tasks of one constraint class that a seat passes over in one decision because their files are taken. */
export const lookPast = 256

export function startWork(turn: Turn): void {
  // Nothing to start needs no look at the baseline either.
  if (turn.board.ready.size === 0 || !mayStartAnything(turn) || !baselineKnown(turn)) return
  for (const state of turn.board.seats.values()) {
    if (state.task !== null || seatRests(turn, state)) continue
    const task = nextFor(turn, state)
    if (task !== undefined) startAttempt(turn, state, task)
  }
}

/** Whether starts are allowed at all: a run that goes on, is not paused, and has room on the machine. */
export function mayStartAnything(turn: Turn): boolean {
  const { run, startsAfter, lowOn } = turn.board
  return (
    run !== null &&
    run.end === null &&
    !run.desired.paused &&
    run.desired.stop === null &&
    startsAfter <= turn.at &&
    lowOn.size === 0
  )
}

/** The required gates run once on the tip before the first start, and before anything is landed. */
export function baselineKnown(turn: Turn): boolean {
  const { board } = turn
  if (board.run?.baseline !== null || !board.config.gates.some(gate => gate.required)) return true
  if (!board.baselineAsked) {
    turn.change({ kind: 'baselineAsked' })
    turn.effect({ kind: 'checkBaseline' })
  }
  return false
}

export function seatRests(turn: Turn, state: SeatState): boolean {
  if (state.restUntil > turn.at) return true
  const pause = turn.board.providers.get(state.seat.provider)
  return pause !== undefined && (pause.until === null || pause.until > turn.at)
}

function nextFor(turn: Turn, state: SeatState): Task | undefined {
  const { board } = turn
  const fits = (id: TaskId): boolean => {
    const task = board.tasks.get(id)
    if (task === undefined || !seatFits(state.seat, task) || waitsForAnother(turn, state, task)) return false
    return kindsOf(task).every(
      kind => (board.liveKinds.get(kind) ?? 0) < (limitOf(board, kind) ?? Number.POSITIVE_INFINITY),
    )
  }
  for (;;) {
    const id = board.ready.first(
      fits,
      each => !board.liveFiles.overlaps(board.tasks.get(each)?.files ?? []),
      lookPast,
    )
    const task = id === null ? undefined : turn.task(id)
    if (task === undefined || countedAttempts(task) < maxAttemptsOf(task, board.config)) return task
    // A hand edit or an import left it with fewer attempts than it has had.
    turn.saveTask(task, { status: 'failed' }, { reason: 'its attempts are used up' })
  }
}

/** Whether a retry should leave this seat alone because a seat of another provider, not resting, fits it too. */
function waitsForAnother(turn: Turn, state: SeatState, task: Task): boolean {
  const avoided = avoidedProvider(turn.board, task)
  if (avoided !== state.seat.provider) return false
  for (const other of turn.board.seats.values())
    if (other.seat.provider !== avoided && seatFits(other.seat, task) && !seatRests(turn, other)) return true
  return false
}

function startAttempt(turn: Turn, state: SeatState, task: Task): void {
  const { seat } = state
  const n = nextAttemptNumber(task)
  const mark = turn.newId()
  const fresh = needsFreshStart(task)
  const last = task.attempts.at(-1)
  const sessionId = !fresh && last?.seat === seat.name ? last.sessionId : null
  const attempt = wholeAttempt({
    n,
    phase: 'agent',
    seat: seat.name,
    executor: seat.executor,
    model: seat.model,
    sessionId,
    mark,
    epoch: turn.board.epoch,
    startedAt: isoTime(turn.at),
    endedAt: null,
    outcome: null,
    spent: null,
  })
  const startedAt = task.startedAt ?? isoTime(turn.at)
  turn.saveTask(
    task,
    { status: 'in_progress', notBefore: null, startedAt, attempts: [...task.attempts, attempt] },
    {},
  )
  turn.effect({ kind: 'startAttempt', task: task.id, n, seat: seat.name, mark, fresh, sessionId })
}
