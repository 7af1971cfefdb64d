// Save point (b): the agent's process tree is proven gone and its left-over work is committed. Success with work
// goes on to the gates; everything else closes the attempt.

import type { AttemptRef } from '../../messages/events.js'
import type { CollectedWork, StopReason, Verdict } from '../../messages/verdict.js'
import type { Attempt, Task } from '../../model/task.js'
import { isoTime } from '../../model/time.js'
import { joinQueue } from '../landing-queue.js'
import type { Turn } from '../turn.js'
import { closeAttempt, replaceOpen, restAfter } from './close-attempt.js'
import { liveAttempt } from './live-attempt.js'
import type { EndedAttempt } from './settle-attempt.js'

export function agentEnded(
  turn: Turn,
  ref: AttemptRef & {
    readonly verdict: Verdict
    readonly stoppedFor: StopReason | null
    readonly work: CollectedWork | null
  },
): void {
  const live = liveAttempt(turn, ref, 'agent')
  if (live === null) return
  const { verdict, work } = ref
  const step: Partial<Attempt> = {
    sessionId: verdict.sessionId ?? live.attempt.sessionId,
    costUsd: verdict.costUsd,
    tokens: verdict.tokens,
    summary: verdict.summary,
    fingerprint: verdict.fingerprint,
    commit: work?.commit ?? null,
  }
  const ended = ref.stoppedFor === null ? claimOf(live.task, verdict, work) : forced(ref.stoppedFor, verdict)
  if (ref.stoppedFor === null) restAfter(turn, live.attempt.seat, verdict)
  if (ended !== null) {
    closeAttempt(turn, live.task, ended, step)
    return
  }
  turn.saveTask(
    live.task,
    { attempts: replaceOpen(live.task, { ...step, phase: 'gates' }) },
    { reason: verdict.summary },
  )
  joinQueue(turn, { task: ref.task, n: ref.n })
}

export function attemptFailedToStart(turn: Turn, ref: AttemptRef & { readonly reason: string }): void {
  const live = liveAttempt(turn, ref, 'agent')
  if (live === null) return
  restAfter(turn, live.attempt.seat, { outcome: 'infra', reason: ref.reason, resetAt: null })
  closeAttempt(turn, live.task, { outcome: 'infra', reason: ref.reason }, {})
}

export function agentUnkillable(turn: Turn, ref: AttemptRef & { readonly pids: readonly number[] }): void {
  const live = liveAttempt(turn, ref, 'agent')
  if (live === null) return
  const text = `processes ${ref.pids.join(', ')} of ${ref.task} could not be ended`
  const hold = { why: 'unkillable', by: 'jetpack', at: isoTime(turn.at), text } as const
  const attempts = replaceOpen(live.task, {
    outcome: 'stopped',
    spent: false,
    reason: text,
    endedAt: isoTime(turn.at),
  })
  turn.saveTask(live.task, { attempts, status: 'blocked', hold }, { reason: text })
  turn.announce('warning', text)
}

/** Null where the claim of success holds so far. */
function claimOf(task: Task, verdict: Verdict, work: CollectedWork | null): EndedAttempt | null {
  if (verdict.outcome !== 'done') return { outcome: verdict.outcome, reason: verdict.reason }
  if (work === null) return { outcome: 'infra', reason: 'the work could not be collected from the workspace' }
  if (work.changed || task.limits.allowEmpty === true) return null
  return { outcome: 'empty', reason: 'the agent says it is done, but nothing has changed' }
}

function forced(why: StopReason, verdict: Verdict): EndedAttempt {
  switch (why) {
    case 'timeout':
      return { outcome: 'timeout', reason: 'over its time limit' }
    case 'stalled':
      return { outcome: 'stalled', reason: 'no sign of progress' }
    case 'over_memory':
      return { outcome: 'memory', reason: 'over its memory limit' }
    case 'machine_memory':
    case 'stopped':
    case 'killed_by_person':
    case 'reassigned':
      return {
        outcome: 'stopped',
        reason:
          verdict.reason ??
          {
            machine_memory: 'the machine was short of memory',
            stopped: 'the run was stopped',
            killed_by_person: 'ended by a person',
            reassigned: 'given to another seat',
          }[why],
      }
  }
}
