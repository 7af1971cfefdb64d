// The table of outcomes: what each costs, and what becomes of the task.

import t from 'tap'
import type { Outcome } from '../../src/core/model/task.js'
import { isoTime } from '../../src/core/model/time.js'
import {
  changed,
  conflict,
  ended,
  failsTimes,
  gated,
  red,
  stopped,
  succeeds,
  untouched,
} from './given/happenings.js'
import { given, minute, second } from './given/scenario.js'

const oneTask = () => given([{ id: 'A' }])

t.test('done means landed: the claim alone completes nothing', t => {
  const night = oneTask().when(ended('A', 1, 'done'))
  t.equal(night.state('A'), 'in_progress: gates')
  night.when(...succeeds('A', 1))
  t.equal(night.state('A'), 'completed')
  t.match(night.attempt('A'), { outcome: 'done' })
  t.match(night.task('A').result, {
    kind: 'landed',
    commit: 'merge',
    tree: 'tree',
    by: 'command-1',
    costUsd: null,
  })
  t.end()
})

for (const outcome of ['task', 'timeout', 'stalled', 'memory'] as const satisfies readonly Outcome[])
  t.test(`${outcome} is charged and comes back after a back-off`, t => {
    const night = oneTask().when(ended('A', 1, outcome))
    t.equal(night.state('A'), 'ready')
    t.match(night.attempt('A'), { outcome, spent: true })
    t.equal(night.task('A').notBefore, isoTime(night.now + 30 * second))
    t.same(night.started(), [])
    t.same(night.after(30 * second).started(), ['A'])
    t.end()
  })

for (const outcome of ['limit', 'provider', 'auth', 'stopped'] as const satisfies readonly Outcome[])
  t.test(`${outcome} costs no attempt and another provider takes over at once`, t => {
    const agents = ['one', 'two'].map(name => ({ name, executor: 'command' as const, command: 'true' }))
    const night = given([{ id: 'A' }], { agents }).when(ended('A', 1, outcome))
    t.match(night.task('A').attempts[0], { outcome, spent: false, seat: 'one-1' })
    t.match(night.gave('startAttempt'), [
      { task: 'A', n: 2, seat: outcome === 'stopped' ? 'one-1' : 'two-1' },
    ])
    t.end()
  })

t.test('three charged attempts and the task has failed', t => {
  const night = failsTimes(oneTask(), 'A', 3, 'task')
  t.equal(night.state('A'), 'failed')
  t.equal(night.task('A').attempts.length, 3)
  t.end()
})

t.test('a task may allow itself more attempts than the configuration', t => {
  const night = failsTimes(given([{ id: 'A', limits: { maxAttempts: 4 } }]), 'A', 3, 'task')
  t.equal(night.state('A'), 'in_progress: agent')
  t.equal(failsTimes(night, 'A', 1, 'task').state('A'), 'failed')
  t.end()
})

t.test('success without a change is empty; the second time a person is asked', t => {
  const night = oneTask().when(ended('A', 1, 'done', {}, untouched))
  t.match(night.attempt('A'), { outcome: 'empty', spent: true })
  t.equal(night.state('A'), 'ready')
  night.after(minute).when(ended('A', 2, 'done', {}, untouched))
  t.equal(night.state('A'), 'blocked')
  t.match(night.task('A').hold, { why: 'empty', by: 'jetpack' })
  t.end()
})

t.test('a task that allows empty work goes on to the gates without a change', t => {
  const night = given([{ id: 'A', limits: { allowEmpty: true } }]).when(ended('A', 1, 'done', {}, untouched))
  t.equal(night.state('A'), 'in_progress: gates')
  t.end()
})

t.test('a red gate is charged; its fingerprint is kept for the next attempt', t => {
  const night = oneTask().when(ended('A', 1, 'done'), gated('A', 1, red))
  t.match(night.attempt('A'), {
    outcome: 'gate',
    spent: true,
    fingerprint: 'two-of-nine',
    gates: [{ state: 'red' }],
  })
  t.equal(night.state('A'), 'ready')
  t.end()
})

t.test(
  'a conflict is not charged and is tried again at once; the third asks a person and keeps the branch',
  t => {
    const night = oneTask()
    for (const n of [1, 2]) {
      night.when(ended('A', n, 'done'), gated('A', n, conflict))
      t.same(night.started(), ['A'])
      t.match(night.task('A').attempts[n - 1], { outcome: 'conflict', spent: false })
    }
    night.when(ended('A', 3, 'done'), gated('A', 3, conflict))
    t.match(night.task('A').hold, { why: 'conflict', text: 'does not merge: src/a.ts' })
    t.same(night.gave('removeWorkspace'), [])
    t.end()
  },
)

t.test('infra is never charged, however often; its back-off doubles', t => {
  const night = oneTask()
  for (const wait of [30, 60, 120, 240]) {
    night.when({ kind: 'attemptFailedToStart', task: 'A', n: night.attempt('A').n, reason: 'no disk' })
    t.match(night.attempt('A'), { outcome: 'infra', spent: false })
    t.equal(night.task('A').notBefore, isoTime(night.now + wait * second))
    night.after(wait * second)
  }
  t.equal(night.state('A'), 'in_progress: agent')
  t.end()
})

t.test('work that cannot be collected is infra, not the fault of the task', t => {
  const night = oneTask().when(ended('A', 1, 'done', {}, null))
  t.match(night.attempt('A'), { outcome: 'infra', spent: false })
  t.end()
})

t.test('killed by a foreign hand is free twice; the third in a row is the task', t => {
  const night = failsTimes(oneTask(), 'A', 3, 'killed')
  t.same(
    night
      .task('A')
      .attempts.slice(0, 3)
      .map(each => [each.outcome, each.spent]),
    [
      ['killed', false],
      ['killed', false],
      ['task', true],
    ],
  )
  t.end()
})

t.test('a death between other outcomes begins a new row', t => {
  const night = failsTimes(oneTask(), 'A', 2, 'killed')
  failsTimes(night, 'A', 1, 'stopped')
  failsTimes(night, 'A', 2, 'killed')
  t.ok(night.task('A').attempts.every(each => each.spent !== true))
  t.end()
})

t.test('a question blocks the task until a person answers, at no cost', t => {
  const night = oneTask().when(ended('A', 1, 'question', { reason: 'Which database?' }))
  t.match(night.task('A').hold, { why: 'question', text: 'Which database?' })
  t.equal(night.attempt('A').spent, false)
  t.end()
})

t.test('what we ended ourselves is called by our reason, not by its exit', t => {
  t.match(
    oneTask()
      .when(stopped('A', 1, 'timeout'))
      .attempt('A'),
    { outcome: 'timeout', spent: true },
  )
  t.match(
    oneTask()
      .when(stopped('A', 1, 'stalled'))
      .attempt('A'),
    { outcome: 'stalled', spent: true },
  )
  t.match(
    oneTask()
      .when(stopped('A', 1, 'over_memory'))
      .attempt('A'),
    { outcome: 'memory', spent: true },
  )
  for (const why of ['machine_memory', 'stopped', 'killed_by_person', 'reassigned'] as const) {
    const attempt = oneTask()
      .when(stopped('A', 1, why))
      .task('A').attempts[0]
    t.match(attempt, { outcome: 'stopped', spent: false, commit: changed.commit }, why)
  }
  t.end()
})

t.test('what cannot be killed blocks its task and frees the seat', t => {
  const night = given([{ id: 'A' }, { id: 'B' }]).when({
    kind: 'agentUnkillable',
    task: 'A',
    n: 1,
    pids: [7, 8],
  })
  t.match(night.task('A').hold, { why: 'unkillable', text: 'processes 7, 8 of A could not be ended' })
  t.same(night.started(), ['B'])
  t.end()
})

t.test('the dice take up to half off a back-off', t => {
  const night = oneTask()
  night.dice = 0.5
  night.when(ended('A', 1, 'task'))
  t.equal(night.task('A').notBefore, isoTime(night.now + 22.5 * second))
  t.end()
})

t.test('the same failure twice starts from the tip; else the session goes on in its seat', t => {
  const night = oneTask()
    .when(ended('A', 1, 'task', { fingerprint: 'same', sessionId: 's1' }))
    .after(minute)
  t.match(night.gave('startAttempt'), [{ n: 2, fresh: false, sessionId: 's1' }])
  night.when(ended('A', 2, 'task', { fingerprint: 'same' })).after(minute)
  t.match(night.gave('startAttempt'), [{ n: 3, fresh: true, sessionId: null }])
  t.end()
})
