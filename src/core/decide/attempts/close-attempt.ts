// Ends the open attempt of a task with an outcome, and draws the consequences for task, seat and provider.

import type { Verdict } from '../../messages/verdict.js'
import { type Attempt, openAttempt, type Task } from '../../model/task.js'
import { isoTime } from '../../model/time.js'
import type { Turn } from '../turn.js'
import { backOffMs, type EndedAttempt, settleAttempt } from './settle-attempt.js'

/** How long a provider rests after a usage limit that named no time. */
export const limitRestMs = 900_000

/** Closes the attempt and saves the task as the table of outcomes says. */
export function closeAttempt(turn: Turn, task: Task, ended: EndedAttempt, step: Partial<Attempt>): Task {
  const settled = settleAttempt(task, ended, turn.board.config, turn.at, turn.occasion.dice)
  const attempts = replaceOpen(task, {
    ...step,
    outcome: settled.outcome,
    spent: settled.spent,
    reason: ended.reason,
    endedAt: isoTime(turn.at),
  })
  const saved = turn.saveTask(
    task,
    { attempts, status: settled.status, hold: settled.hold, notBefore: settled.notBefore },
    {
      reason: `${settled.outcome}${ended.reason === null ? '' : `: ${ended.reason}`}`,
    },
  )
  countFailure(turn, settled.spent)
  if (settled.status === 'failed')
    turn.announce('warning', `${task.id} failed: ${ended.reason ?? settled.outcome}`)
  if (settled.status === 'blocked')
    turn.announce('warning', `${task.id} needs you: ${settled.hold?.text ?? ''}`)
  return saved
}

/** What an agent said about its provider or its machine, beyond the task. */
export function restAfter(
  turn: Turn,
  seatName: string,
  verdict: Pick<Verdict, 'outcome' | 'reason' | 'resetAt'>,
): void {
  const seat = turn.board.seats.get(seatName)?.seat
  if (seat === undefined) return
  const { provider } = seat
  const known = turn.board.providers.get(provider)
  const rests = known !== undefined && (known.until === null || known.until > turn.at)
  // Several agents meet the same trouble at once: that is one strike.
  const strikes = (known?.strikes ?? 0) + (rests ? 0 : 1)
  const why = verdict.reason ?? verdict.outcome
  const pause = (until: number | null): void => {
    if (rests && (known.until === null || (until !== null && until <= known.until))) return
    turn.change({ kind: 'providerPaused', provider, until, why, strikes })
    turn.announce('warning', `${provider} rests${until === null ? '' : ` until ${isoTime(until)}`}: ${why}`)
  }
  switch (verdict.outcome) {
    case 'limit':
      return pause(
        verdict.resetAt !== null && verdict.resetAt > turn.at ? verdict.resetAt : turn.at + limitRestMs,
      )
    case 'provider':
      return pause(turn.at + backOffMs(strikes, turn.board.config.retry, turn.occasion.dice))
    case 'auth':
      return pause(null)
    case 'infra':
      return turn.change({
        kind: 'seatRested',
        seat: seatName,
        until: turn.at + backOffMs(1, turn.board.config.retry, turn.occasion.dice),
        why,
      })
    case 'done':
    case 'task':
      // It answered: the provider is well again, unless this one had started before the trouble.
      if (known !== undefined && !rests) turn.change({ kind: 'providerRecovered', provider })
      return
    default:
      return
  }
}

/** The task's attempts with the open one changed. */
export function replaceOpen(task: Task, step: Partial<Attempt>): Attempt[] {
  const open = openAttempt(task)
  return task.attempts.map(attempt => (attempt === open ? { ...attempt, ...step } : attempt))
}

/** `maxConsecutiveFailures` only slows the starts down, doubling to fifteen minutes; success gives full speed back. */
export function countFailure(turn: Turn, spent: boolean): void {
  const limit = turn.board.config.limits.consecutiveFailures
  if (!spent || limit === 0) return
  const inARow = turn.board.failuresInARow + 1
  const over = inARow - limit
  const startsAfter = over < 0 ? 0 : turn.at + Math.min(900_000, 30_000 * 2 ** Math.min(over, 10))
  turn.change({ kind: 'failuresCounted', inARow, startsAfter })
  if (over >= 0)
    turn.announce(
      'warning',
      `${inARow} failures in a row: the next start waits until ${isoTime(startsAfter)}`,
    )
}
