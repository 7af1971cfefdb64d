// Random nights for properties: a backlog in any state in which an evening or a crash may leave it, a crew, and a
// list of intents: what is to happen, before it is known to whom.

import fc from 'fast-check'
import type { Config } from '../../../src/core/model/config.js'
import type { Outcome, Task } from '../../../src/core/model/task.js'
import type { ConfigFile } from '../../../src/core/schema/config.js'
import type { TaskFile } from '../../../src/core/schema/task.js'
import { openedAttempt, pastAttempt } from './happenings.js'
import { configOf, type Given, taskOf } from './scenario.js'

const outcomes: readonly Outcome[] = [
  'done',
  'task',
  'empty',
  'gate',
  'conflict',
  'timeout',
  'stalled',
  'memory',
  'limit',
  'provider',
  'auth',
  'infra',
  'killed',
  'question',
  'stopped',
]
/** Ids of the backlog's tasks. */
export const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const
/** "Z" is nobody. */
const someId = fc.constantFrom(...names, 'Z')
const someIds = fc.array(someId, { maxLength: 2 })
const someFile = fc.constantFrom('src', 'src/a.ts', 'src/b.ts', 'docs/x.md')

const givenTask: fc.Arbitrary<Omit<Given, 'id'>> = fc.record(
  {
    priority: fc.constantFrom('critical', 'high', 'medium', 'low'),
    type: fc.constantFrom('task', 'test', 'api'),
    tags: fc.array(fc.constantFrom('ui', 'db'), { maxLength: 2 }),
    requiredSkills: fc.array(fc.constantFrom('sql'), { maxLength: 1 }),
    files: fc.array(someFile, { maxLength: 2 }),
    dependencies: someIds,
    blockers: fc.array(someId, { maxLength: 1 }),
    waived: fc.array(someId, { maxLength: 1 }),
    agent: fc.constantFrom(null, { seat: 'one-1' }, { executor: 'sim' }, { seat: 'nobody-1' }),
    limits: fc.constantFrom({}, { maxAttempts: 1 }, { allowEmpty: true }),
    notBefore: fc.constantFrom(null, '2027-01-15T08:00:30.000Z'),
  },
  { requiredKeys: [] },
)

/** A state in which a crash or an evening may find a task. */
const foundIn = fc.constantFrom<Pick<TaskFile, 'status' | 'attempts' | 'hold' | 'result'>>(
  {},
  {},
  {},
  { status: 'in_progress', attempts: [openedAttempt(1, 'agent')] },
  { status: 'in_progress', attempts: [pastAttempt(1, 'task'), openedAttempt(2, 'gates')] },
  { status: 'in_progress', attempts: [openedAttempt(1, 'landing')] },
  { status: 'in_progress' },
  { status: 'failed', attempts: [pastAttempt(1, 'task')] },
  { status: 'blocked', hold: { why: 'held', by: 'eve', at: '2027-01-15T08:00:00Z', text: 'later' } },
  { status: 'cancelled' },
  {
    status: 'completed',
    result: {
      kind: 'imported',
      commit: null,
      tree: null,
      at: '2027-01-15T08:00:00Z',
      by: 'eve',
      summary: null,
      costUsd: null,
    },
  },
)

const shell = { executor: 'command', command: 'true' } as const
const crew: fc.Arbitrary<ConfigFile> = fc.record(
  {
    agents: fc.constantFrom<NonNullable<ConfigFile['agents']>>(
      [{ ...shell, count: 3 }],
      [{ ...shell, name: 'one', count: 2 }, { ...shell, name: 'two', skills: ['sql'] }, { executor: 'sim' }],
      [
        { ...shell, name: 'one', tags: ['ui'] },
        { ...shell, name: 'two', types: ['test', 'api'] },
      ],
    ),
    taskLimits: fc.constantFrom<Record<string, number>>({}, { test: 1, ui: 1 }, { task: 2 }),
    qualityGates: fc.constantFrom({}, { checks: { test: 'x' }, requiredChecks: ['test'] }),
    retry: fc.constantFrom({}, { rotate: false, maxAttempts: 2 }),
    runtimeLimits: fc.constantFrom({}, { maxTotalMinutes: 30 }, { maxConsecutiveFailures: 2 }),
  },
  { requiredKeys: ['agents'] },
)

/** What is to happen, before it is known to whom. */
export interface Intent {
  readonly what:
    | 'agent'
    | 'gates'
    | 'landing'
    | 'baseline'
    | 'time'
    | 'machine'
    | 'person'
    | 'edit'
    | 'boot'
    | 'garbage'
  readonly pick: number
  readonly outcome: Outcome
  readonly ms: number
  readonly dice: number
  readonly ids: readonly string[]
  readonly edit: Omit<Given, 'id'>
}

const intent: fc.Arbitrary<Intent> = fc.record({
  what: fc.constantFrom(
    'agent',
    'agent',
    'agent',
    'gates',
    'gates',
    'landing',
    'landing',
    'baseline',
    'time',
    'machine',
    'person',
    'edit',
    'boot',
    'garbage',
  ),
  pick: fc.nat(1000),
  outcome: fc.constantFrom(...outcomes),
  ms: fc.constantFrom(0, 1, 1000, 40_000, 1_200_000),
  dice: fc.constantFrom(0, 0.3, 0.999),
  ids: someIds,
  edit: givenTask,
})

export interface RandomNight {
  readonly config: Config
  readonly tasks: readonly Task[]
  readonly intents: readonly Intent[]
}

export const randomNight: fc.Arbitrary<RandomNight> = fc
  .record({
    file: crew,
    tasks: fc.array(fc.tuple(givenTask, foundIn), { minLength: 1, maxLength: names.length }),
    intents: fc.array(intent, { maxLength: 60 }),
  })
  .map(({ file, tasks, intents }) => ({
    config: configOf(file),
    tasks: tasks.map(([given, state], i) => taskOf({ ...given, ...state, id: names[i] ?? 'A' })),
    intents,
  }))
