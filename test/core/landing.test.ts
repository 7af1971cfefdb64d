// Gates and landing: one at a time, the baseline, refusals, and work whose gates cannot be run.

import t from 'tap'
import { maxQueueTries } from '../../src/core/decide/landing-queue.js'
import { ended, gated, green, openedAttempt, red, succeeds } from './given/happenings.js'
import { given, type Scenario } from './given/scenario.js'

const shell = { executor: 'command', command: 'true' } as const
const gates = { checks: { build: 'make', test: 'make test' }, requiredChecks: ['build', 'test'] }
const withGates = { agents: [{ ...shell, count: 3 }], qualityGates: gates }

function binding(night: Scenario): readonly string[] | undefined {
  return night.gave('gateWork')[0]?.binding
}

t.test('required gates run once on the tip before the first start', t => {
  const night = given([{ id: 'A' }, { id: 'B' }], withGates)
  t.same([night.gave('checkBaseline').length, night.started()], [1, []])
  t.same(night.when({ kind: 'woke' }).gave('checkBaseline'), [])
  t.equal(night.board.run?.end, null)
  night.when({ kind: 'baselineChecked', gates: { build: 'green', test: 'green' } })
  t.same(night.started(), ['A', 'B'])
  night.when({ kind: 'baselineChecked', gates: { build: 'red', test: 'red' } })
  t.same(night.board.run?.baseline, { build: 'green', test: 'green' }, 'a doubled answer changes nothing')
  t.end()
})

t.test('a run with nothing to start asks for no baseline, and an answer after its end is not recorded', t => {
  const idle = given([{ id: 'A', notBefore: '2028-01-01T00:00:00Z' }], withGates)
  t.same(idle.gave('checkBaseline'), [])
  const over = given([{ id: 'A' }], withGates).asks({ name: 'stop', args: { now: true } })
  t.equal(over.board.run?.end, 'stopped')
  t.same(over.when({ kind: 'baselineChecked', gates: { build: 'green' } }).last.changes, [])
  t.end()
})

t.test('without required gates there is no baseline to wait for', t => {
  const night = given([{ id: 'A' }], {
    ...withGates,
    qualityGates: { checks: { lint: 'x' }, requiredChecks: [] },
  })
  t.same([night.started(), night.gave('checkBaseline')], [['A'], []])
  t.end()
})

t.test(
  'a gate that is red or did not run on the tip binds from the first landed tree on which it is green',
  t => {
    const night = given([{ id: 'A' }, { id: 'B' }], withGates)
    night.when({ kind: 'baselineChecked', gates: { build: 'green', test: 'red' } })
    t.match(night.gave('announce')[0]?.text, /test is red/)
    night.when(ended('A', 1, 'done'))
    t.same(binding(night), ['build'])
    const test = { name: 'test', state: 'green', tree: 'tree', ms: 1 } as const
    night.when(gated('A', 1, { ...green, gates: [test] }), ...succeeds('A', 1).slice(2))
    night.when(ended('B', 1, 'done'))
    t.same(binding(night), ['build', 'test'])
    t.end()
  },
)

t.test('work left by an earlier night is not gated before the baseline is known', t => {
  const night = given([{ id: 'A', status: 'in_progress', attempts: [openedAttempt(1, 'gates')] }], withGates)
  t.same([night.gave('gateWork').length, night.gave('checkBaseline').length], [0, 1])
  night.when({ kind: 'baselineChecked', gates: { build: 'green', test: 'green' } })
  t.same(binding(night), ['build', 'test'])
  t.end()
})

t.test('one task at a time is gated and landed, in order of arrival', t => {
  const night = given([{ id: 'A' }, { id: 'B' }], { agents: [{ ...shell, count: 2 }] })
  night.when(ended('B', 1, 'done'))
  t.match(night.gave('gateWork'), [{ task: 'B' }])
  t.same(night.when(ended('A', 1, 'done')).gave('gateWork'), [])
  night.when(gated('A', 1, green))
  t.same(night.gave('landWork'), [], 'a verdict on work that is not at the head is ignored')
  night.when(...succeeds('B', 1).slice(1))
  t.match(night.gave('gateWork'), [{ task: 'A' }])
  t.end()
})

t.test('a red gate at the head lets the next one through', t => {
  const night = given([{ id: 'A' }, { id: 'B' }], { agents: [{ ...shell, count: 2 }] })
  night.when(ended('A', 1, 'done'), ended('B', 1, 'done'), gated('A', 1, red))
  t.match(night.gave('gateWork'), [{ task: 'B' }])
  t.end()
})

t.test('a refused landing goes back to the gates, uncharged, behind those that wait', t => {
  const night = given([{ id: 'A' }, { id: 'B' }], { agents: [{ ...shell, count: 2 }] })
  night.when(ended('A', 1, 'done'), ended('B', 1, 'done'), gated('A', 1, green))
  night.when({ kind: 'landingRefused', task: 'A', n: 1, reason: 'the tip has moved' })
  t.match(night.attempt('A'), { phase: 'gates', mergeCommit: null, expectedTip: null, outcome: null })
  t.match(night.gave('gateWork'), [{ task: 'B' }])
  night.when(...succeeds('B', 1).slice(1))
  t.match(night.gave('gateWork'), [{ task: 'A', n: 1 }])
  t.end()
})

t.test(
  'gates that cannot be run are tried again, then the attempt is infra: never green, never charged',
  t => {
    const night = given([{ id: 'A' }]).when(ended('A', 1, 'done'))
    for (let i = 1; i < maxQueueTries; i += 1) {
      night.when(gated('A', 1, { kind: 'infra', reason: 'no disk' }))
      t.match(night.gave('gateWork'), [{ task: 'A' }])
    }
    night.when(gated('A', 1, { kind: 'infra', reason: 'no disk' }))
    t.match(night.task('A'), {
      status: 'ready',
      attempts: [{ outcome: 'infra', spent: false, reason: 'no disk' }],
    })
    t.end()
  },
)

t.test('a doubled verdict lands nothing twice', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'done'), gated('A', 1, green), gated('A', 1, green))
  t.same(night.gave('landWork'), [])
  t.end()
})

t.test('what costs are known is summed; one unknown makes the sum unknown', t => {
  const known = given([{ id: 'A' }]).when(
    ended('A', 1, 'done', { costUsd: 0.5 }),
    ...succeeds('A', 1).slice(1),
  )
  t.equal(known.task('A').result?.costUsd, 0.5)
  const half = given([{ id: 'A' }]).when(ended('A', 1, 'stopped'), ended('A', 2, 'done', { costUsd: 0.5 }))
  t.equal(half.when(...succeeds('A', 2).slice(1)).task('A').result?.costUsd, null)
  t.end()
})
