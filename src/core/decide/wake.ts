// When something will be due that no event announces: the end of a back-off, a rest, a drain, a time limit.

import type { Board } from '../board/board.js'
import { type EpochMs, parseTime } from '../model/time.js'
import type { Turn } from './turn.js'

export function askForWakeUp(turn: Turn): void {
  const at = nextDue(turn.board, turn.at)
  if (at === turn.board.wakeAt) return
  turn.change({ kind: 'wakeSet', at })
  if (at !== null) turn.effect({ kind: 'wakeAt', at })
}

/** The earliest time after `now` at which a timer of ours changes what can be done; null when none will. */
export function nextDue(board: Board, now: EpochMs): EpochMs | null {
  let next: EpochMs | null = null
  const consider = (at: EpochMs | null | undefined): void => {
    if (at !== null && at !== undefined && at > now && (next === null || at < next)) next = at
  }
  consider(board.delayed.nextAt())
  consider(board.startsAfter)
  for (const seat of board.seats.values()) consider(seat.restUntil)
  for (const provider of board.providers.values()) consider(provider.until)
  if (board.run !== null && board.run.end === null) {
    const { stop } = board.run.desired
    consider(totalLimit(board))
    if (stop !== null) consider(drainDeadline(board))
  }
  return next
}

export function totalLimit(board: Board): EpochMs | null {
  const started = parseTime(board.run?.startedAt ?? null)
  const { totalMs } = board.config.limits
  return started === null || totalMs === null ? null : started + totalMs
}

/** When running attempts are asked to end: at once for `stop --now`, else after the drain time. */
export function drainDeadline(board: Board): EpochMs | null {
  const stop = board.run?.desired.stop ?? null
  const since = parseTime(stop?.at ?? null)
  if (stop === null || since === null) return null
  return stop.how === 'now' ? since : since + board.config.limits.drainMs
}
