// An intent becomes an event when its turn comes: mostly one that fits the board as it then is, sometimes one about
// attempts that are not or no longer there.

import type { Board } from '../../../src/core/board/board.js'
import type { AttemptFact, Event, Occasion } from '../../../src/core/messages/events.js'
import { type Attempt, openAttempt, type Task } from '../../../src/core/model/task.js'
import { conflict, green, red, verdict } from './happenings.js'
import { type Intent, names, type RandomNight } from './random-nights.js'
import { type Happening, runOf, start, taskOf } from './scenario.js'

export function bootEvent(night: RandomNight): Event {
  const occasion = { at: start, dice: 0.5, newId: 'boot' }
  return {
    ...occasion,
    kind: 'booted',
    epoch: 1,
    run: runOf(night.config),
    tasks: night.tasks,
    attempts: factsOf(night.tasks, 0),
  }
}

/** The event that `intent` comes to on this board. */
export function eventOf(intent: Intent, board: Board, occasion: Occasion): Event {
  const ref = refFor(intent, board)
  const { pick } = intent
  switch (intent.what) {
    case 'agent':
      return { ...occasion, ...agentEvent(intent, ref) }
    case 'gates':
      return {
        ...occasion,
        kind: 'workGated',
        ...ref,
        verdict:
          [green, green, red, conflict, { kind: 'infra', reason: 'no disk' } as const][pick % 5] ?? green,
      }
    case 'landing':
      return pick % 3 === 0
        ? { ...occasion, kind: 'landingRefused', ...ref, reason: 'moved' }
        : { ...occasion, kind: 'workLanded', ...ref, commit: 'merge', tree: 'tree' }
    case 'baseline':
      return { ...occasion, kind: 'baselineChecked', gates: { test: pick % 2 === 0 ? 'green' : 'red' } }
    case 'time':
      return pick % 4 === 0
        ? { ...occasion, kind: 'clockJumped', gapMs: intent.ms }
        : { ...occasion, kind: 'woke' }
    case 'machine':
      return { ...occasion, ...machineEvents[pick % machineEvents.length] } as Event
    case 'person':
      return {
        ...occasion,
        kind: 'commandReceived',
        request: { command: commandOf(intent, board), by: 'eve', requestId: `r${pick % 50}` },
      }
    case 'edit': {
      const known = [...board.tasks.values()][pick % Math.max(1, board.tasks.size)]
      const task =
        known === undefined || pick % 7 === 0
          ? taskOf({ id: `new${pick % 3}`, ...intent.edit })
          : { ...known, ...taskOf({ id: known.id, ...intent.edit }) }
      return {
        ...occasion,
        kind: 'taskEdited',
        task,
        asked: pick % 5 === 0 ? commandOf(intent, board) : null,
      }
    }
    case 'boot': {
      const tasks = [...board.tasks.values()]
      return {
        ...occasion,
        kind: 'booted',
        epoch: board.epoch + 1,
        run: board.run,
        tasks,
        attempts: factsOf(tasks, pick),
      }
    }
    case 'garbage':
      return {
        ...occasion,
        ...agentEvent(intent, {
          task: pick % 2 === 0 ? 'Z' : (names[pick % names.length] ?? 'A'),
          n: pick % 4,
        }),
      }
  }
}

function agentEvent(intent: Intent, ref: { readonly task: string; readonly n: number }): Happening {
  const { pick, outcome } = intent
  const work = pick % 5 === 0 ? null : { commit: `work${pick}`, changed: pick % 5 !== 1 }
  const stoppedFor =
    pick % 6 === 0 ? (['timeout', 'stopped', 'over_memory', 'reassigned'] as const)[pick % 4] : undefined
  switch (pick % 11) {
    case 0:
      return { kind: 'attemptStarted', ...ref, baseCommit: 'base' }
    case 1:
      return { kind: 'attemptFailedToStart', ...ref, reason: 'ENOENT' }
    case 2:
      return { kind: 'attemptOverdue', ...ref, why: 'timeout' }
    case 3:
      return { kind: 'agentReported', ...ref, sessionId: 's', costUsd: null }
    case 4:
      return { kind: 'agentOverMemory', ...ref, whose: 'own' }
    case 5:
      return { kind: 'agentUnkillable', ...ref, pids: [1] }
    default: {
      const resetAt = outcome === 'limit' && pick % 2 === 0 ? start + 3_600_000 : null
      return {
        kind: 'agentEnded',
        ...ref,
        verdict: verdict(outcome, { resetAt, fingerprint: 'f' }),
        stoppedFor: stoppedFor ?? null,
        work,
      }
    }
  }
}

const machineEvents: readonly Happening[] = [
  { kind: 'diskRanLow', freeMb: 1 },
  { kind: 'diskRecovered' },
  { kind: 'memoryRanLow', availableMb: 1 },
  { kind: 'memoryRecovered' },
  { kind: 'effectFailed', effect: 'announce', reason: 'x' },
]

function commandOf(
  intent: Intent,
  board: Board,
): Extract<Event, { kind: 'commandReceived' }>['request']['command'] {
  const { pick, ids, edit } = intent
  const task = { id: `new${pick % 4}`, title: 'new', ...edit }
  switch (pick % 9) {
    case 0:
      return { name: 'add', args: { task } }
    case 1:
      return {
        name: 'import',
        args: { tasks: [task, { id: 'NEW1', title: 'twin' }], source: 'x', flawed: pick % 2 === 0 },
      }
    case 2:
      return { name: 'retry', args: { ids: 'failed' } }
    case 3:
      return { name: 'retry', args: { ids } }
    case 4:
      return {
        name: 'reassign',
        args: { ids, to: [...board.seats.keys(), 'sim', 'nobody'][pick % 5] ?? 'nobody' },
      }
    case 5:
      return { name: 'kill', args: { ids } }
    case 6:
      return { name: 'pause', args: {} }
    case 7:
      return { name: 'resume', args: {} }
    default:
      return { name: 'stop', args: { now: pick % 2 === 0 } }
  }
}

/** Mostly an attempt in the phase that the intent speaks of. */
function refFor(intent: Intent, board: Board): { readonly task: string; readonly n: number } {
  const phase: Attempt['phase'] = intent.what === 'gates' || intent.what === 'landing' ? intent.what : 'agent'
  const open = [...board.live].flatMap(id => {
    const task = board.tasks.get(id)
    const attempt = task === undefined ? null : openAttempt(task)
    return attempt?.phase === phase ? [{ task: id, n: attempt.n }] : []
  })
  const head = board.queue[0]
  if (phase !== 'agent' && head !== undefined) return { task: head.task, n: head.n }
  return open[intent.pick % Math.max(1, open.length)] ?? { task: 'Z', n: 1 }
}

function factsOf(tasks: readonly Task[], pick: number): AttemptFact[] {
  return tasks.flatMap((task, i) => {
    const attempt = task.status === 'in_progress' ? openAttempt(task) : null
    if (attempt === null || (pick + i) % 7 === 0) return []
    const states: readonly AttemptFact['state'][] = [
      { kind: 'adopted' },
      { kind: 'gone', verdict: verdict('done'), work: { commit: 'w', changed: true } },
      { kind: 'gone', verdict: null, work: null },
      { kind: 'landing', contained: true, tree: 'tree' },
      { kind: 'landing', contained: false, tree: null },
      { kind: 'unkillable', pids: [3] },
    ]
    return [{ task: task.id, n: attempt.n, state: states[(pick + i) % states.length] ?? { kind: 'adopted' } }]
  })
}
