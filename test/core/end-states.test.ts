// When a run is over, and what keeps it alive.

import t from 'tap'
import { ended, failsTimes, gated, green, stopped, succeeds } from './given/happenings.js'
import { given, isoOf, minute, second } from './given/scenario.js'

const shell = { executor: 'command', command: 'true' } as const

t.test('all completed or cancelled: all_tasks_complete', t => {
  const night = given([{ id: 'A' }, { id: 'B', status: 'cancelled' }]).when(...succeeds('A', 1))
  t.match(night.gave('endRun'), [{ end: 'all_tasks_complete' }])
  t.match(night.board.run, { endedAt: isoOf(0), counts: { completed: 1, cancelled: 1 } })
  t.end()
})

t.test('a run ends once; nothing starts after it', t => {
  const night = given([]).asks({ name: 'add', args: { task: { id: 'A', title: 'late' } } })
  t.same([night.started(), night.gave('endRun')], [[], []])
  t.end()
})

t.test('what waits for a failed task is stranded: nothing_runnable', t => {
  const night = given([
    { id: 'A', limits: { maxAttempts: 1 } },
    { id: 'B', dependencies: ['A'] },
  ])
  night.when(ended('A', 1, 'task'))
  t.match(night.gave('endRun'), [{ end: 'nothing_runnable' }])
  t.equal(night.state('B'), 'ready')
  t.end()
})

t.test('members of a cycle and of a dangling edge wait; the rest is worked off', t => {
  const night = given([
    { id: 'A', dependencies: ['B'] },
    { id: 'B', dependencies: ['A'] },
    { id: 'C', dependencies: ['nobody'] },
    { id: 'self', dependencies: ['self'] },
    { id: 'D' },
  ])
  t.same(night.started(), ['D'])
  t.match(night.when(...succeeds('D', 1)).gave('endRun'), [{ end: 'nothing_runnable' }])
  t.end()
})

t.test('a task that no seat of the crew fits keeps no run alive, not even under a time limit', t => {
  const night = given([{ id: 'A', agent: { seat: 'nobody-1' } }], { runtimeLimits: { maxTotalMinutes: 60 } })
  t.match(night.gave('endRun'), [{ end: 'nothing_runnable' }])
  t.end()
})

t.test('a back-off keeps the run alive; the timer is asked for', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'task'))
  t.equal(night.board.run?.end, null)
  t.same(night.gave('wakeAt'), [{ kind: 'wakeAt', at: night.now + 30 * second }])
  t.end()
})

t.test('a task that a person put off keeps the run alive until its time', t => {
  const night = given([{ id: 'A', notBefore: isoOf(5 * minute) }])
  t.same(
    night.gave('wakeAt').map(effect => effect.at),
    [night.now + 5 * minute],
  )
  t.same(night.after(5 * minute).started(), ['A'])
  t.end()
})

t.test('a paused run with open tasks does not end', t => {
  const night = given([{ id: 'A' }, { id: 'B', dependencies: ['nobody'] }]).asks({ name: 'pause', args: {} })
  night.when(...succeeds('A', 1))
  t.equal(night.board.run?.end, null)
  t.equal(night.asks({ name: 'resume', args: {} }).board.run?.end, 'nothing_runnable')
  t.end()
})

t.test('the time limit drains like a stop and ends as time_limit, by its own timer', t => {
  const night = given([{ id: 'A' }, { id: 'B' }], {
    runtimeLimits: { maxTotalMinutes: 60, drainMinutes: 10 },
  })
  t.same(
    night.gave('wakeAt').map(effect => effect.at),
    [night.now + 60 * minute],
  )
  night.after(60 * minute)
  t.match(night.board.run?.desired.stop, { how: 'drain', end: 'time_limit' })
  t.match(night.after(10 * minute).gave('stopAttempt'), [{ task: 'A', why: 'stopped' }])
  t.match(night.when(stopped('A', 1, 'stopped')).gave('endRun'), [{ end: 'time_limit' }])
  t.end()
})

t.test('a paused run still keeps its time limit', t => {
  const night = given([{ id: 'A', notBefore: isoOf(600 * minute) }], {
    runtimeLimits: { maxTotalMinutes: 60 },
  })
  t.equal(night.asks({ name: 'pause', args: {} }).after(60 * minute).board.run?.end, 'time_limit')
  t.end()
})

t.test('a run that is low on disk or memory starts nothing and waits', t => {
  const night = given([{ id: 'A' }, { id: 'B' }]).when(
    { kind: 'diskRanLow', freeMb: 9 },
    { kind: 'memoryRanLow', availableMb: 9 },
  )
  night.when(...succeeds('A', 1)).when({ kind: 'memoryRecovered' })
  t.same([night.state('B'), night.board.run?.end], ['ready', null])
  t.same(night.when({ kind: 'diskRecovered' }).started(), ['B'])
  t.end()
})

t.test('failures in a row only slow the starts down; a landing gives full speed back', t => {
  const night = given(
    ['A', 'B', 'C', 'D'].map(id => ({ id })),
    { agents: [shell], runtimeLimits: { maxConsecutiveFailures: 2 } },
  )
  t.same(night.when(ended('A', 1, 'task')).started(), ['B'])
  t.same(night.when(ended('B', 1, 'task')).started(), [])
  t.same(night.after(30 * second).started().length, 1)
  const [next] = [...night.board.live]
  night.when(ended(next ?? '', night.attempt(next ?? '').n, 'task'))
  t.same(night.after(59 * second).started(), [], 'it doubles')
  night.after(second)
  const [last] = [...night.board.live]
  const n = night.attempt(last ?? '').n
  night.when(ended(last ?? '', n, 'done'), gated(last ?? '', n, green), ...succeeds(last ?? '', n).slice(2))
  t.equal(night.board.failuresInARow, 0)
  t.equal(night.board.live.size, 1)
  t.end()
})

t.test('all failed: the run says nothing_runnable and every task says why', t => {
  const night = failsTimes(given([{ id: 'A' }]), 'A', 3, 'task')
  t.same([night.board.run?.end, night.state('A')], ['nothing_runnable', 'failed'])
  t.end()
})
