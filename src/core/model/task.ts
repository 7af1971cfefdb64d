// The task as the program holds it: a task file with every default filled in. A Task is never changed in
// place; a step makes a new one with `rev` one higher.

import type {
  Attempt as AttemptFile,
  GateResult as GateResultFile,
  Outcome,
  TaskFile,
} from '../schema/task.js'
import { type EpochMs, isoTime } from './time.js'

export type { Hold, Limits, Outcome, Pin, Result, Tokens } from '../schema/task.js'

export type TaskId = string
export type Attempt = Readonly<Required<AttemptFile>>
export type GateResult = Readonly<GateResultFile>
export type Task = Readonly<Omit<Required<TaskFile>, 'attempts'>> & { readonly attempts: readonly Attempt[] }
export type Status = Task['status']
export type Phase = Attempt['phase']
export type Priority = Task['priority']

/** Order of urgency: the smaller the number, the sooner. */
export const priorityRank: Readonly<Record<Priority, number>> = { critical: 0, high: 1, medium: 2, low: 3 }

/** Keys of a task file in the order in which they are written. */
export const taskKeys = [
  'schema',
  'rev',
  'id',
  'title',
  'description',
  'acceptance',
  'notes',
  'status',
  'hold',
  'priority',
  'type',
  'tags',
  'requiredSkills',
  'files',
  'estimateMinutes',
  'dependencies',
  'blockers',
  'waived',
  'agent',
  'command',
  'limits',
  'notBefore',
  'attempts',
  'retriedAfter',
  'result',
  'createdAt',
  'updatedAt',
  'startedAt',
  'completedAt',
  'metadata',
  'import',
] as const satisfies readonly (keyof Task)[]

/** A task with every default, for `add`, import and files that name only id and title. Unknown keys of `given` stay. */
export function newTask(given: TaskFile, at: EpochMs): Task {
  const time = isoTime(at)
  const attempts = (given.attempts ?? []).map(wholeAttempt)
  return {
    schema: 'jetpack.task/1',
    rev: 1,
    description: '',
    acceptance: '',
    notes: '',
    status: 'ready',
    hold: null,
    priority: 'medium',
    type: 'task',
    tags: [],
    requiredSkills: [],
    files: [],
    estimateMinutes: null,
    dependencies: [],
    blockers: [],
    waived: [],
    agent: null,
    command: null,
    limits: {},
    notBefore: null,
    retriedAfter: 0,
    result: null,
    createdAt: time,
    updatedAt: time,
    startedAt: null,
    completedAt: null,
    metadata: {},
    import: {},
    ...given,
    attempts,
  }
}

/** An attempt with null for all that is not known yet. */
export function wholeAttempt(given: AttemptFile): Attempt {
  return {
    model: null,
    sessionId: null,
    reason: null,
    fingerprint: null,
    summary: null,
    baseCommit: null,
    commit: null,
    mergeCommit: null,
    expectedTip: null,
    costUsd: null,
    tokens: null,
    gates: [],
    ...given,
  }
}

/** The attempt that is under way, or null: an attempt is open exactly while it has no outcome. */
export function openAttempt(task: Pick<Task, 'attempts'>): Attempt | null {
  const last = task.attempts.at(-1)
  return last !== undefined && last.outcome === null ? last : null
}

/** Ids that must be completed before this task may start: dependencies and blockers less the waived ones. */
export function edgesOf(task: Task): readonly TaskId[] {
  const edges = new Set([...task.dependencies, ...task.blockers])
  for (const id of task.waived) edges.delete(id)
  return [...edges]
}

/** Attempts that count against the limit: spent, and after the last retry by a person. */
export function countedAttempts(task: Task): number {
  return task.attempts.filter(attempt => attempt.spent === true && attempt.n > task.retriedAfter).length
}

/** Number of the next attempt; attempts are numbered from 1 and never renumbered. */
export function nextAttemptNumber(task: Task): number {
  return (task.attempts.at(-1)?.n ?? 0) + 1
}

/** True where nothing more will happen to the task by itself. */
export function isSettled(status: Status): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

export type { Outcome as AttemptOutcome }
