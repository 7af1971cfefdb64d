// What usually happens to an attempt, as short words for scenarios.

import type { GateVerdict } from '../../../src/core/messages/events.js'
import type { CollectedWork, StopReason, Verdict } from '../../../src/core/messages/verdict.js'
import type { Attempt, Outcome } from '../../../src/core/model/task.js'
import type { Happening, Scenario } from './scenario.js'

export const changed: CollectedWork = { commit: 'work', changed: true }
export const untouched: CollectedWork = { commit: 'base', changed: false }

export function verdict(outcome: Outcome, more: Partial<Verdict> = {}): Verdict {
  return {
    outcome,
    reason: null,
    fingerprint: null,
    resetAt: null,
    sessionId: null,
    costUsd: null,
    tokens: null,
    summary: null,
    ...more,
  }
}

/** The agent of attempt `n` ended by itself, with work in its workspace. */
export function ended(
  task: string,
  n: number,
  outcome: Outcome,
  more: Partial<Verdict> = {},
  work: CollectedWork | null = changed,
): Happening {
  return { kind: 'agentEnded', task, n, verdict: verdict(outcome, more), stoppedFor: null, work }
}

/** The agent was ended by us. */
export function stopped(task: string, n: number, why: StopReason): Happening {
  return { kind: 'agentEnded', task, n, verdict: verdict('killed'), stoppedFor: why, work: changed }
}

export function gated(task: string, n: number, verdict: GateVerdict): Happening {
  return { kind: 'workGated', task, n, verdict }
}

export const green = {
  kind: 'green',
  mergeCommit: 'merge',
  tree: 'tree',
  tip: 'tip',
  gates: [],
} as const satisfies GateVerdict

export const red = {
  kind: 'red',
  gate: 'test',
  reason: '2 of 9 failed',
  fingerprint: 'two-of-nine',
  gates: [{ name: 'test', state: 'red', tree: 'tree', ms: 5 }],
} as const satisfies GateVerdict

export const conflict = { kind: 'conflict', files: ['src/a.ts'] } as const satisfies GateVerdict

export function landed(task: string, n: number): Extract<Happening, { kind: 'workLanded' }> {
  return { kind: 'workLanded', task, n, commit: 'merge', tree: 'tree' }
}

/** From a living agent to the landing ref without trouble. */
export function succeeds(task: string, n: number): Happening[] {
  return [ended(task, n, 'done'), gated(task, n, green), landed(task, n)]
}

/** A closed attempt as a task file has it. */
export function pastAttempt(n: number, outcome: Outcome, step: Partial<Attempt> = {}): Attempt {
  return {
    ...openedAttempt(n, 'agent'),
    endedAt: '2027-01-15T08:10:00.000Z',
    outcome,
    spent: ['task', 'gate', 'empty', 'timeout', 'stalled', 'memory', 'done'].includes(outcome),
    ...step,
  }
}

export function openedAttempt(n: number, phase: Attempt['phase'], step: Partial<Attempt> = {}): Attempt {
  return {
    n,
    phase,
    seat: 'command-1',
    executor: 'command',
    model: null,
    sessionId: null,
    mark: `mark-${n}`,
    epoch: 0,
    startedAt: '2027-01-15T08:00:00.000Z',
    endedAt: null,
    outcome: null,
    spent: null,
    reason: null,
    fingerprint: null,
    summary: null,
    baseCommit: 'base',
    commit: phase === 'agent' ? null : 'work',
    mergeCommit: phase === 'landing' ? 'merge' : null,
    expectedTip: phase === 'landing' ? 'tip' : null,
    costUsd: null,
    tokens: null,
    gates: [],
    ...step,
  }
}

/** Runs a task's attempts one after another, waiting out each back-off. */
export function failsTimes(night: Scenario, task: string, times: number, outcome: Outcome): Scenario {
  for (let i = 0; i < times; i += 1) {
    const n = night.attempt(task).n
    night.when(ended(task, n, outcome)).after(3_600_000)
  }
  return night
}
