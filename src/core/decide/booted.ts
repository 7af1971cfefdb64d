// Recovery is this ordinary event: the facts that boot found in files, branch, reapers and landing ref are
// settled by the same rules as in any other hour of the night.

import { seatFits } from '../board/seat-fit.js'
import { unreachable } from '../fault.js'
import type { AttemptFact, AttemptRef, Event } from '../messages/events.js'
import type { Verdict } from '../messages/verdict.js'
import { openAttempt, type Task } from '../model/task.js'
import { agentEnded, agentUnkillable } from './attempts/agent-ended.js'
import { closeAttempt, replaceOpen } from './attempts/close-attempt.js'
import { stopAgent } from './commands/steer-tasks.js'
import { completeTask, joinQueue } from './landing-queue.js'
import type { Turn } from './turn.js'

export function booted(turn: Turn, event: Extract<Event, { kind: 'booted' }>): void {
  turn.change({ kind: 'boardLoaded', epoch: event.epoch, run: event.run, tasks: event.tasks })
  const facts = new Map(event.attempts.map(fact => [`${fact.task}/${fact.n}`, fact]))
  for (const id of [...turn.board.live]) {
    const task = turn.task(id)
    const attempt = task === undefined ? null : openAttempt(task)
    if (task === undefined) continue
    if (attempt === null) {
      // Only a hand or a crash of older code makes this; the work, if any, is on the task's branch.
      turn.saveTask(task, { status: 'ready' }, { reason: 'in progress without an open attempt' })
      continue
    }
    const fact = facts.get(`${id}/${attempt.n}`)
    if (attempt.phase === 'gates') joinQueue(turn, { task: id, n: attempt.n })
    else if (attempt.phase === 'landing') settleLanding(turn, { task: id, n: attempt.n }, fact)
    else if (fact !== undefined && fact.state.kind !== 'landing') settleAgent(turn, task, fact)
    else
      closeAttempt(
        turn,
        task,
        { outcome: 'stopped', reason: 'nothing was found of its agent after a restart' },
        {},
      )
  }
}

function settleAgent(turn: Turn, task: Task, fact: AttemptFact): void {
  const ref = { task: fact.task, n: fact.n }
  switch (fact.state.kind) {
    case 'gone': {
      const { verdict, work } = fact.state
      if (verdict !== null) agentEnded(turn, { ...ref, verdict, stoppedFor: null, work })
      else agentEnded(turn, { ...ref, verdict: endedByRecovery, stoppedFor: 'stopped', work })
      return
    }
    case 'unkillable':
      agentUnkillable(turn, { ...ref, pids: fact.state.pids })
      return
    case 'adopted': {
      // Reassigned shortly before the restart: the word never reached its agent.
      const seat = turn.board.seats.get(openAttempt(task)?.seat ?? '')?.seat
      if (seat !== undefined && !seatFits(seat, task)) stopAgent(turn, fact.task, 'reassigned', false)
      return
    }
    case 'landing':
      return
    default:
      unreachable(fact.state)
  }
}

const endedByRecovery: Verdict = {
  outcome: 'stopped',
  reason: 'ended by recovery after a restart',
  fingerprint: null,
  resetAt: null,
  sessionId: null,
  costUsd: null,
  tokens: null,
  summary: null,
}

/** Completed where the landing ref is proven to contain it; everything else goes through the gates again. */
function settleLanding(turn: Turn, ref: AttemptRef, fact: AttemptFact | undefined): void {
  const task = turn.task(ref.task)
  if (task === undefined) return
  const merge = openAttempt(task)?.mergeCommit ?? null
  if (merge !== null && fact?.state.kind === 'landing' && fact.state.contained && fact.state.tree !== null)
    return completeTask(turn, { ...ref, commit: merge, tree: fact.state.tree })
  const attempts = replaceOpen(task, { phase: 'gates', mergeCommit: null, expectedTip: null })
  turn.saveTask(task, { attempts }, { reason: 'had not landed when the orchestrator ended' })
  joinQueue(turn, ref)
}
