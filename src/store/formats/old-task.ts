// One task of the predecessor's format in today's words. Whatever is replaced is kept as it was under
// `import.original`, so that nothing the old file said is lost.

import type { Priority } from '../../core/model/task.js'
import { type EpochMs, isoTime, parseTime } from '../../core/model/time.js'
import { oldStatusNames } from '../schema/check-task.js'

/** What was done to a task on the way; the importer counts these for its notes. */
export type Adjustment = 'requeued' | 'completed' | 'failed' | 'unblocked' | 'defaulted' | 'priority' | 'time'

export interface OldTaskReading {
  /** A task file's value, still to be checked; without `import`. */
  readonly value: Readonly<Record<string, unknown>>
  /** Exact old values of what was replaced or has no place in a task file. */
  readonly original: Readonly<Record<string, unknown>>
  readonly adjustments: ReadonlySet<Adjustment>
}

/** Fields of the predecessor that say something about its own sessions, not about the task. */
const sessionKeys = new Set([
  'assignedAgent',
  'retryCount',
  'maxRetries',
  'lastError',
  'lastAttemptAt',
  'failureType',
  'actualMinutes',
  'branch',
  'originBranch',
  'targetBranches',
  'import',
  // Written by us below, never taken over: a foreign file cannot speak for this engine.
  'schema',
  'rev',
  'attempts',
  'result',
  'hold',
  'retriedAfter',
])

const listKeys = ['dependencies', 'blockers', 'tags', 'requiredSkills', 'files'] as const
const timeKeys = ['createdAt', 'updatedAt', 'startedAt', 'completedAt', 'notBefore'] as const
/** In an old file their session is dead: nobody works on them any more. */
const claimedNames = new Set(['in_progress', 'in-progress', 'claimed'])

const oldPriorities: ReadonlyMap<string, Priority> = new Map([
  ['0', 'critical'],
  ['1', 'high'],
  ['2', 'medium'],
  ['3', 'low'],
  ['4', 'low'],
  ['p0', 'critical'],
  ['p1', 'high'],
  ['p2', 'medium'],
  ['p3', 'low'],
  ['p4', 'low'],
  ['urgent', 'critical'],
  ['normal', 'medium'],
  ['minor', 'low'],
])

const priorities: ReadonlySet<unknown> = new Set(['critical', 'high', 'medium', 'low'])
const canonicalTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

export function readOldTask(old: Readonly<Record<string, unknown>>, at: EpochMs): OldTaskReading {
  const rewriting = new Rewriting(old)
  for (const key of sessionKeys) rewriting.drop(key)
  for (const key of listKeys) if ((old[key] ?? null) === null) rewriting.set(key, [], 'defaulted')
  for (const key of ['description', 'acceptance', 'notes', 'type', 'metadata', 'limits'])
    if (old[key] === null) rewriting.drop(key)
  for (const key of timeKeys) rewriteTime(rewriting, key, old[key])
  rewriteEstimate(rewriting, old)
  rewritePriority(rewriting, old['priority'])
  rewriteStatus(rewriting, old['status'], at)
  return rewriting.reading()
}

/** Collects the new values and remembers the old ones. */
class Rewriting {
  readonly #old: Readonly<Record<string, unknown>>
  readonly #values: Map<string, unknown>
  readonly #original = new Map<string, unknown>()
  readonly #adjustments = new Set<Adjustment>()

  constructor(old: Readonly<Record<string, unknown>>) {
    this.#old = old
    this.#values = new Map(Object.entries(old))
  }

  get(key: string): unknown {
    return this.#values.get(key)
  }

  set(key: string, value: unknown, adjustment: Adjustment | null): void {
    this.#keepOriginal(key)
    this.#values.set(key, value)
    if (adjustment !== null) this.#adjustments.add(adjustment)
  }

  drop(key: string): void {
    this.#keepOriginal(key)
    this.#values.delete(key)
  }

  note(adjustment: Adjustment): void {
    this.#adjustments.add(adjustment)
  }

  reading(): OldTaskReading {
    return {
      value: Object.fromEntries(this.#values),
      original: Object.fromEntries(this.#original),
      adjustments: this.#adjustments,
    }
  }

  #keepOriginal(key: string): void {
    if (Object.hasOwn(this.#old, key)) this.#original.set(key, this.#old[key])
  }
}

function rewriteTime(rewriting: Rewriting, key: string, old: unknown): void {
  if (old === undefined || (typeof old === 'string' && canonicalTime.test(old))) return
  const time = typeof old === 'number' ? old : typeof old === 'string' ? parseTime(old) : null
  // Beyond the year 9999 the text would no longer have the form that task files carry.
  const isUsable = time !== null && time >= 0 && time < 253_402_300_800_000
  if (isUsable) rewriting.set(key, isoTime(time), null)
  else {
    rewriting.drop(key)
    if (old !== null) rewriting.note('time')
  }
}

function rewriteEstimate(rewriting: Rewriting, old: Readonly<Record<string, unknown>>): void {
  const minutes = old['estimatedMinutes']
  if (minutes === undefined) return
  rewriting.drop('estimatedMinutes')
  if (typeof minutes === 'number' && minutes > 0) rewriting.set('estimateMinutes', minutes, null)
}

function rewritePriority(rewriting: Rewriting, old: unknown): void {
  if (old === undefined || priorities.has(old)) return
  const text = String(old).toLowerCase()
  const same = priorities.has(text) ? (text as Priority) : oldPriorities.get(text)
  rewriting.set('priority', same ?? 'medium', same === undefined && old !== null ? 'priority' : null)
}

function rewriteStatus(rewriting: Rewriting, old: unknown, at: EpochMs): void {
  // A status of a wrong kind or an unknown name stays, and is named as a flaw by the schema.
  if (typeof old !== 'string') {
    if (old === null) rewriting.set('status', 'ready', 'defaulted')
    return
  }
  if (claimedNames.has(old)) return rewriting.set('status', 'ready', 'requeued')
  // The predecessor called a task blocked while its dependencies were open; that is derived today.
  if (old === 'blocked') return rewriting.set('status', 'ready', 'unblocked')
  const status = oldStatusNames.get(old) ?? old
  if (status !== old) rewriting.set('status', status, null)
  if (status === 'failed') rewriting.note('failed')
  if (status !== 'completed') return
  rewriting.note('completed')
  const time = rewriting.get('completedAt') ?? rewriting.get('updatedAt') ?? isoTime(at)
  if (rewriting.get('completedAt') === undefined) rewriting.set('completedAt', time, null)
  const result = {
    kind: 'imported',
    commit: null,
    tree: null,
    at: time,
    by: 'import',
    summary: null,
    costUsd: null,
  }
  rewriting.set('result', result, null)
}
