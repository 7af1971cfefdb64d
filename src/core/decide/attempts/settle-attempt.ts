// The table of outcomes: whether an attempt counts, and what becomes of its task. Everything here follows from
// the task, the outcome and the dice; nothing is done.

import type { Config } from '../../model/config.js'
import {
  type Attempt,
  countedAttempts,
  type Hold,
  type Outcome,
  type Status,
  type Task,
} from '../../model/task.js'
import { type EpochMs, isoTime } from '../../model/time.js'

/** Conflicts have a limit of their own: this many in a row of a task, then a person is asked. */
export const maxConflicts = 3
/** Deaths by a foreign signal in a row after which they are the task's own fault. */
export const killedInARow = 3
/** Times a task may end without a change before a person is asked. */
export const maxEmpty = 2

export interface Settlement {
  readonly outcome: Outcome
  readonly spent: boolean
  readonly status: Status
  readonly hold: Hold | null
  readonly notBefore: string | null
}

export interface EndedAttempt {
  readonly outcome: Exclude<Outcome, 'done'>
  readonly reason: string | null
}

export function settleAttempt(
  task: Task,
  ended: EndedAttempt,
  config: Config,
  at: EpochMs,
  dice: number,
): Settlement {
  const before = task.attempts.filter(attempt => attempt.outcome !== null && attempt.n > task.retriedAfter)
  const ready = (spent: boolean, delayMs: number): Settlement => ({
    outcome: ended.outcome,
    spent,
    status: 'ready',
    hold: null,
    notBefore: delayMs === 0 ? null : isoTime(at + delayMs),
  })
  const blocked = (why: Hold['why'], spent: boolean): Settlement => ({
    outcome: ended.outcome,
    spent,
    status: 'blocked',
    notBefore: null,
    hold: {
      why,
      by: 'jetpack',
      at: isoTime(at),
      text: ended.reason ?? `the attempt ended as ${ended.outcome}`,
    },
  })
  const charged = (outcome: Outcome): Settlement => {
    const counted = countedAttempts(task) + 1
    if (counted >= maxAttemptsOf(task, config))
      return { outcome, spent: true, status: 'failed', hold: null, notBefore: null }
    return { ...ready(true, backOffMs(counted, config.retry, dice)), outcome }
  }
  switch (ended.outcome) {
    case 'task':
    case 'gate':
    case 'timeout':
    case 'stalled':
    case 'memory':
      return charged(ended.outcome)
    case 'empty':
      return countOf(before, 'empty') + 1 >= maxEmpty ? blocked('empty', true) : charged('empty')
    case 'conflict':
      return countOf(before, 'conflict') + 1 >= maxConflicts ? blocked('conflict', false) : ready(false, 0)
    case 'killed':
      return lastInARow(before, 'killed') + 1 >= killedInARow
        ? charged('task')
        : ready(false, backOffMs(1, config.retry, dice))
    case 'infra':
      return ready(false, backOffMs(lastInARow(before, 'infra') + 1, config.retry, dice))
    case 'question':
      return blocked('question', false)
    // The provider pauses, not the task: another provider's seat may take it at once.
    case 'limit':
    case 'provider':
    case 'auth':
    case 'stopped':
      return ready(false, 0)
  }
}

/** Doubles from the base to the maximum; the dice take up to half of it away so that tasks do not come back in step. */
export function backOffMs(
  failures: number,
  policy: { readonly baseMs: number; readonly maxMs: number },
  dice: number,
): number {
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(full * (1 - dice / 2))
}

export function maxAttemptsOf(task: Task, config: Config): number {
  return task.limits.maxAttempts ?? config.retry.maxAttempts
}

/** The same failure twice in a row: something must change, so the next attempt starts from the tip. */
export function needsFreshStart(task: Task): boolean {
  const [last, before] = task.attempts.filter(attempt => attempt.spent === true).reverse()
  return (
    last !== undefined &&
    before !== undefined &&
    last.fingerprint !== null &&
    last.fingerprint === before.fingerprint
  )
}

function countOf(attempts: readonly Attempt[], outcome: Outcome): number {
  return attempts.filter(attempt => attempt.outcome === outcome).length
}

function lastInARow(attempts: readonly Attempt[], outcome: Outcome): number {
  const other = [...attempts].reverse().findIndex(attempt => attempt.outcome !== outcome)
  return other === -1 ? attempts.length : other
}
