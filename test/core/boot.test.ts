// Recovery: each phase in which a crash can find a task, and what boot makes of it.

import t from 'tap'
import type { AttemptFact } from '../../src/core/messages/events.js'
import type { Attempt } from '../../src/core/model/task.js'
import { changed, openedAttempt, pastAttempt, verdict } from './given/happenings.js'
import { given, isoOf, minute } from './given/scenario.js'

/** A night that boots onto one task with an open attempt, the run paused so that nothing is started anew. */
function bootOnto(phase: Attempt['phase'], state: AttemptFact['state'] | null, step: Partial<Attempt> = {}) {
  const tasks = [
    { id: 'A', rev: 5, status: 'in_progress' as const, attempts: [openedAttempt(1, phase, step)] },
  ]
  const facts = state === null ? [] : [{ task: 'A', n: 1, state }]
  return given(tasks, {}, { desired: { paused: true, stop: null, by: 'eve' } }, facts)
}

t.test('an agent that ended by itself while nobody looked is taken at its word', t => {
  const night = bootOnto('agent', { kind: 'gone', verdict: verdict('done'), work: changed })
  t.equal(night.state('A'), 'in_progress: gates')
  t.match(night.gave('gateWork'), [{ task: 'A', n: 1, commit: changed.commit }])
  t.end()
})

t.test(
  'an agent that was ended by boot, or of which nothing is found, costs nothing; its work is on record',
  t => {
    const night = bootOnto('agent', { kind: 'gone', verdict: null, work: changed })
    t.match(night.task('A'), {
      status: 'ready',
      rev: 6,
      attempts: [{ outcome: 'stopped', spent: false, commit: changed.commit }],
    })
    t.match(bootOnto('agent', null).task('A'), {
      status: 'ready',
      attempts: [{ outcome: 'stopped', spent: false }],
    })
    t.end()
  },
)

t.test('an adopted agent keeps its seat and its attempt', t => {
  const night = bootOnto('agent', { kind: 'adopted' })
  t.equal(night.state('A'), 'in_progress: agent')
  t.equal(night.board.seats.get('command-1')?.task, 'A')
  t.end()
})

t.test('an adopted agent whose task was reassigned before the crash is asked to end', t => {
  const task = {
    id: 'A',
    status: 'in_progress' as const,
    agent: { seat: 'other-1' },
    attempts: [openedAttempt(1, 'agent')],
  }
  const night = given([task], {}, {}, [{ task: 'A', n: 1, state: { kind: 'adopted' } }])
  t.match(night.gave('stopAttempt'), [{ task: 'A', n: 1, why: 'reassigned' }])
  t.end()
})

t.test('what could not be ended blocks its task', t => {
  t.match(bootOnto('agent', { kind: 'unkillable', pids: [9] }).task('A').hold, { why: 'unkillable' })
  t.end()
})

t.test('work in the gates is gated again, whatever was found', t => {
  for (const state of [null, { kind: 'gone', verdict: null, work: null }] as const)
    t.match(bootOnto('gates', state).gave('gateWork'), [{ task: 'A', n: 1, commit: 'work' }])
  t.end()
})

t.test('a landing that the landing ref contains is completed, not landed again', t => {
  const night = bootOnto('landing', { kind: 'landing', contained: true, tree: 'tree' })
  t.match(night.task('A'), { status: 'completed', result: { kind: 'landed', commit: 'merge', tree: 'tree' } })
  t.same([night.gave('gateWork'), night.gave('landWork')], [[], []])
  t.match(night.gave('removeWorkspace'), [{ task: 'A' }])
  t.end()
})

t.test('a landing that is not contained, or of which nobody knows, is gated again', t => {
  const facts = [
    null,
    { kind: 'landing', contained: false, tree: null },
    { kind: 'landing', contained: true, tree: null },
  ] as const
  for (const state of facts) {
    const night = bootOnto('landing', state)
    t.match(night.attempt('A'), { phase: 'gates', mergeCommit: null, expectedTip: null })
    t.match(night.gave('gateWork'), [{ task: 'A', n: 1 }])
  }
  t.end()
})

t.test('a fact of the wrong kind leaves no task hanging', t => {
  t.equal(bootOnto('landing', { kind: 'gone', verdict: null, work: null }).state('A'), 'in_progress: gates')
  t.equal(bootOnto('agent', { kind: 'landing', contained: true, tree: 'tree' }).state('A'), 'ready')
  t.equal(bootOnto('gates', null, { commit: null }).state('A'), 'ready')
  t.end()
})

t.test('facts of earlier attempts are told apart from those of the open one', t => {
  const task = {
    id: 'A',
    status: 'in_progress' as const,
    attempts: [pastAttempt(1, 'task'), openedAttempt(2, 'agent')],
  }
  const night = given([task], {}, {}, [
    { task: 'A', n: 2, state: { kind: 'adopted' } },
    { task: 'A', n: 1, state: { kind: 'gone', verdict: null, work: null } },
  ])
  t.equal(night.state('A'), 'in_progress: agent')
  t.end()
})

t.test('in progress without an open attempt is ready again', t => {
  t.match(given([{ id: 'A', status: 'in_progress' }]).task('A'), {
    status: 'in_progress',
    attempts: [{ n: 1 }],
  })
  t.end()
})

t.test('what persons asked of the run outlives the crash', t => {
  const stop = { how: 'drain', at: isoOf(0), end: 'stopped' } as const
  const task = { id: 'A', status: 'in_progress' as const, attempts: [openedAttempt(1, 'agent')] }
  const night = given([task], {}, { desired: { paused: false, stop, by: 'eve' } }, [
    { task: 'A', n: 1, state: { kind: 'adopted' } },
  ])
  t.same([night.board.run?.end, night.gave('stopAttempt')], [null, []])
  t.match(night.after(15 * minute).gave('stopAttempt'), [{ task: 'A', why: 'stopped' }])
  t.end()
})

t.test('a back-off outlives the crash', t => {
  const night = given([{ id: 'A', notBefore: isoOf(minute), attempts: [pastAttempt(1, 'task')] }])
  t.same(night.started(), [])
  t.same(night.after(minute).started(), ['A'])
  t.end()
})

t.test('a second boot in the same process asks anew for what was under way', t => {
  const gates = { checks: { test: 'x' }, requiredChecks: ['test'] }
  const night = given([{ id: 'A' }], { qualityGates: gates })
  night.when({
    kind: 'booted',
    epoch: 2,
    run: night.board.run,
    tasks: [...night.board.tasks.values()],
    attempts: [],
  })
  t.equal(night.gave('checkBaseline').length, 1)
  t.equal(night.board.counts.ready, 1)
  t.end()
})

t.test('without a run nothing is started, but facts are settled', t => {
  const task = { id: 'A', status: 'in_progress' as const, attempts: [openedAttempt(1, 'agent')] }
  const night = given([task])
  night.when({ kind: 'booted', epoch: 2, run: null, tasks: [...night.board.tasks.values()], attempts: [] })
  t.same([night.state('A'), night.started()], ['ready', []])
  t.end()
})
