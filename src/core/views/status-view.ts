// The whole picture in one object: what `status`, the TUI's header and HTTP show.

import type { Board, SeatState } from '../board/board.js'
import { openAttempt } from '../model/task.js'
import { type EpochMs, isoTime } from '../model/time.js'
import type { Seat as SeatView, StatusView } from '../schema/status.js'

/** What the board does not know. */
export interface Surroundings {
  readonly at: EpochMs
  readonly live: boolean
  readonly repository: string
  readonly seq: number
  readonly landingTip: string | null
  /** How far the target branch is behind the landing ref, and why; null where nobody looked. */
  readonly follow: { readonly behind: number; readonly why: string | null } | null
}

export function statusView(board: Board, around: Surroundings): StatusView {
  const { run } = board
  // Ready tasks outside the heaps wait for an edge, for time or for a seat that fits them.
  const waiting = board.counts.ready - board.ready.size
  return {
    schema: 'jetpack.status/1',
    live: around.live,
    at: isoTime(around.at),
    repository: around.repository,
    epoch: board.epoch,
    seq: around.seq,
    simulated:
      board.seats.size > 0 && [...board.seats.values()].every(state => state.seat.executor === 'sim'),
    run:
      run === null
        ? null
        : {
            id: run.id,
            startedAt: run.startedAt,
            endedAt: run.endedAt,
            end: run.end,
            paused: run.desired.paused,
            stopping: run.desired.stop !== null,
            state:
              run.end !== null
                ? 'ended'
                : run.desired.stop !== null
                  ? 'draining'
                  : run.desired.paused
                    ? 'paused'
                    : 'running',
          },
    counts: { total: board.tasks.size, ...board.counts, ready: board.counts.ready - waiting, waiting },
    seats: [...board.seats.values()].map(state => seatView(board, state, around.at)),
    landing: {
      branch: run?.target.branch ?? board.config.target.branch,
      tip: around.landingTip,
      landed: landedInRun(board),
      queued: board.queue.length,
      behind: around.follow?.behind ?? null,
      why: around.follow?.why ?? null,
    },
    needsYou: board.counts.blocked,
    waitingFor: waitingFor(board, around.at),
  }
}

function landedInRun(board: Board): number {
  const since = board.run?.startedAt
  let count = 0
  for (const task of board.tasks.values())
    if (task.result?.kind === 'landed' && since !== undefined && task.result.at >= since) count += 1
  return count
}

function seatView(board: Board, state: SeatState, at: EpochMs): SeatView {
  const { seat } = state
  const attempt = state.task === null ? null : openAttempt(board.tasks.get(state.task) ?? { attempts: [] })
  const pause = board.providers.get(seat.provider)
  const paused = pause !== undefined && (pause.until === null || pause.until > at)
  const resting = paused || state.restUntil > at
  return {
    name: seat.name,
    executor: seat.executor,
    provider: seat.provider,
    task: state.task,
    attempt: attempt?.n ?? null,
    since: attempt?.startedAt ?? null,
    state: state.task !== null ? 'busy' : resting ? 'resting' : 'idle',
    why: paused ? pause.why : state.restUntil > at ? state.restWhy : null,
    attempts: state.attempts,
    done: state.done,
  }
}

/** One sentence while tasks are open and nothing is under way; else null. */
function waitingFor(board: Board, at: EpochMs): string | null {
  if (board.run === null || board.run.end !== null || board.live.size > 0 || board.counts.ready === 0)
    return null
  if (board.run.desired.paused) return 'the run is paused'
  if (board.lowOn.size > 0) return `the machine is low on ${[...board.lowOn].join(' and ')}`
  if (board.baselineAsked && board.run.baseline === null) return 'the gates run once on the tip first'
  const pauses = [...board.providers].filter(([, pause]) => pause.until === null || pause.until > at)
  if (pauses.length > 0) return pauses.map(([name, pause]) => `${name}: ${pause.why}`).join('; ')
  if (board.startsAfter > at) return `failures in a row: the next start is at ${isoTime(board.startsAfter)}`
  const due = board.delayed.nextAt()
  return due !== null && due > at ? `the next back-off ends at ${isoTime(due)}` : null
}
