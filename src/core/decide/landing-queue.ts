// From the gates to the landing ref, one task at a time: merged with the tip, gated, landed. Save point (c) comes
// before the swap of the ref, (d) after it is proven; a task never counts as completed before (d).

import type { QueueEntry } from '../messages/changes.js'
import type { AttemptRef, GateVerdict } from '../messages/events.js'
import { type Attempt, openAttempt } from '../model/task.js'
import { isoTime } from '../model/time.js'
import { closeAttempt, replaceOpen } from './attempts/close-attempt.js'
import { liveAttempt } from './attempts/live-attempt.js'
import { baselineKnown } from './attempts/start-work.js'
import type { Turn } from './turn.js'

/** How often gates or landing of one attempt may fail to be carried out before the attempt is closed as infra. */
export const maxQueueTries = 5

export function joinQueue(turn: Turn, ref: AttemptRef): void {
  if (turn.board.queue.some(entry => entry.task === ref.task)) return
  setQueue(turn, [...turn.board.queue, { task: ref.task, n: ref.n, tries: 0 }], turn.board.head)
}

/** Starts on the head of the queue when nothing is under way. */
export function moveQueue(turn: Turn): void {
  const { board } = turn
  if (
    board.head !== 'idle' ||
    board.run === null ||
    board.run.end !== null ||
    board.run.desired.stop?.how === 'now'
  )
    return
  const next = board.queue[0]
  if (next === undefined || !baselineKnown(turn)) return
  const live = liveAttempt(turn, next, 'gates')
  if (live === null || live.attempt.commit === null) {
    leaveQueue(turn)
    if (live !== null)
      closeAttempt(turn, live.task, { outcome: 'infra', reason: 'its work is not on record' }, {})
    return moveQueue(turn)
  }
  setQueue(turn, board.queue, 'gating')
  const binding = Object.entries(board.run.baseline ?? {})
    .filter(([, state]) => state === 'green')
    .map(([name]) => name)
  turn.effect({ kind: 'gateWork', task: next.task, n: next.n, commit: live.attempt.commit, binding })
}

export function workGated(turn: Turn, event: AttemptRef & { readonly verdict: GateVerdict }): void {
  const head = headFor(turn, event, 'gating')
  if (head === null) return
  const live = liveAttempt(turn, event, 'gates')
  if (live === null) return leaveQueue(turn)
  const { verdict } = event
  switch (verdict.kind) {
    case 'green': {
      const step: Partial<Attempt> = {
        phase: 'landing',
        mergeCommit: verdict.mergeCommit,
        expectedTip: verdict.tip,
        gates: [...verdict.gates],
      }
      turn.saveTask(live.task, { attempts: replaceOpen(live.task, step) }, {})
      setQueue(turn, turn.board.queue, 'landing')
      turn.effect({
        kind: 'landWork',
        task: event.task,
        n: event.n,
        mergeCommit: verdict.mergeCommit,
        expectedTip: verdict.tip,
      })
      return
    }
    case 'red':
      closeAttempt(
        turn,
        live.task,
        { outcome: 'gate', reason: `gate "${verdict.gate}" is red: ${verdict.reason}` },
        { gates: [...verdict.gates], fingerprint: verdict.fingerprint },
      )
      return leaveQueue(turn)
    case 'conflict':
      closeAttempt(
        turn,
        live.task,
        { outcome: 'conflict', reason: `does not merge: ${verdict.files.join(', ')}` },
        {},
      )
      return leaveQueue(turn)
    case 'infra':
      return tryAgain(turn, head, verdict.reason)
  }
}

export function workLanded(
  turn: Turn,
  event: AttemptRef & { readonly commit: string; readonly tree: string },
): void {
  const live = liveAttempt(turn, event, 'landing')
  if (live === null) return
  completeTask(turn, event)
  if (headFor(turn, event, 'landing') !== null) leaveQueue(turn)
}

export function landingRefused(turn: Turn, event: AttemptRef & { readonly reason: string }): void {
  const head = headFor(turn, event, 'landing')
  const live = liveAttempt(turn, event, 'landing')
  if (head === null || live === null) return
  turn.saveTask(
    live.task,
    { attempts: replaceOpen(live.task, { phase: 'gates', mergeCommit: null, expectedTip: null }) },
    { reason: event.reason },
  )
  tryAgain(turn, head, event.reason)
}

/** Save point (d). */
export function completeTask(
  turn: Turn,
  event: AttemptRef & { readonly commit: string; readonly tree: string },
): void {
  const task = turn.task(event.task)
  const attempt = task === undefined ? null : openAttempt(task)
  if (task === undefined || attempt === null) return
  const now = isoTime(turn.at)
  const costs = [...task.attempts.map(each => each.costUsd)]
  const costUsd = costs.some(cost => cost === null)
    ? null
    : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0)
  turn.saveTask(
    task,
    {
      status: 'completed',
      completedAt: now,
      notBefore: null,
      hold: null,
      attempts: replaceOpen(task, { outcome: 'done', spent: true, endedAt: now, mergeCommit: event.commit }),
      result: {
        kind: 'landed',
        commit: event.commit,
        tree: event.tree,
        at: now,
        by: attempt.seat,
        summary: attempt.summary,
        costUsd,
      },
    },
    { reason: attempt.summary },
  )
  bindGreenGates(
    turn,
    attempt.gates.filter(gate => gate.state === 'green').map(gate => gate.name),
  )
  if (turn.board.failuresInARow > 0) turn.change({ kind: 'failuresCounted', inARow: 0, startsAfter: 0 })
  turn.effect({ kind: 'removeWorkspace', task: task.id })
}

/** A gate that was red on the tip binds from the first landed tree on which it is green. */
function bindGreenGates(turn: Turn, green: readonly string[]): void {
  const { run } = turn.board
  const fresh = green.filter(name => run?.baseline != null && run.baseline[name] !== 'green')
  if (run === null || run.end !== null || fresh.length === 0) return
  const baseline = { ...run.baseline, ...Object.fromEntries(fresh.map(name => [name, 'green' as const])) }
  turn.saveRun(run, { baseline }, `gate ${fresh.join(', ')} binds from here on`)
}

function tryAgain(turn: Turn, head: QueueEntry, reason: string): void {
  const live = liveAttempt(turn, head, 'gates')
  const rest = turn.board.queue.slice(1)
  if (live !== null && head.tries + 1 >= maxQueueTries) {
    closeAttempt(turn, live.task, { outcome: 'infra', reason }, {})
    return setQueue(turn, rest, 'idle')
  }
  turn.announce('warning', `${head.task}: gates or landing could not be carried out: ${reason}`)
  setQueue(turn, [...rest, { ...head, tries: head.tries + 1 }], 'idle')
}

function headFor(turn: Turn, ref: AttemptRef, at: 'gating' | 'landing'): QueueEntry | null {
  const head = turn.board.queue[0]
  return turn.board.head === at && head?.task === ref.task && head.n === ref.n ? head : null
}

function leaveQueue(turn: Turn): void {
  setQueue(turn, turn.board.queue.slice(1), 'idle')
}

function setQueue(turn: Turn, queue: readonly QueueEntry[], head: Turn['board']['head']): void {
  turn.change({ kind: 'queueMoved', queue, head })
}
