// Which task goes first, and which ones a seat passes over.

import t from 'tap'
import { ended, openedAttempt, succeeds } from '../given/happenings.js'
import { effectsOf, type Given, given, isoOf, minute } from '../given/scenario.js'

const crew = (count: number) => ({ agents: [{ executor: 'command' as const, command: 'true', count }] })

/** Ids in the order in which one seat takes them, each landing at once. */
function orderOf(tasks: readonly Given[]): string[] {
  const night = given(tasks)
  const seat = night.board.seats.get('command-1')
  for (let id = seat?.task; id != null; id = seat?.task) night.when(...succeeds(id, 1))
  return effectsOf(night.effects, 'startAttempt').map(effect => effect.task)
}

t.test('the most urgent goes first', t => {
  const tasks = (['low', 'critical', 'medium', 'high'] as const).map(priority => ({ id: priority, priority }))
  t.same(orderOf(tasks), ['critical', 'high', 'medium', 'low'])
  t.end()
})

t.test('a task is as urgent as the most urgent one that waits for it', t => {
  t.same(
    orderOf([
      { id: 'high', priority: 'high' },
      { id: 'base', priority: 'low' },
      { id: 'middle', priority: 'low', dependencies: ['base'] },
      { id: 'goal', priority: 'critical', dependencies: ['middle'] },
    ]).slice(0, 2),
    ['base', 'high'],
  )
  t.end()
})

t.test('among equals the head of the longest chain goes first, then the older one', t => {
  const older = { id: 'older', createdAt: isoOf(-minute) }
  t.same(
    orderOf([
      { id: 'first' },
      older,
      { id: 'chain1' },
      { id: 'chain2', dependencies: ['chain1'] },
      { id: 'chain3', dependencies: ['chain2'] },
    ]).slice(0, 4),
    ['chain1', 'older', 'chain2', 'first'],
  )
  t.end()
})

t.test(
  'nothing starts before all it depends on or is blocked by is completed; a waived edge does not count',
  t => {
    const night = given(
      [
        { id: 'A' },
        { id: 'B' },
        { id: 'both', dependencies: ['A'], blockers: ['B'] },
        { id: 'free', dependencies: ['A'], waived: ['A'] },
      ],
      crew(4),
    )
    t.same(night.started().sort(), ['A', 'B', 'free'])
    night.when(...succeeds('A', 1))
    t.equal(night.state('both'), 'ready')
    night.when(...succeeds('B', 1))
    t.equal(night.state('both'), 'in_progress: agent')
    t.end()
  },
)

t.test('a seat takes one task at a time, and the next as soon as its agent is gone', t => {
  const night = given([{ id: 'A' }, { id: 'B' }, { id: 'C' }], crew(2))
  t.same(night.started(), ['A', 'B'])
  t.same(night.when(ended('B', 1, 'task')).started(), ['C'])
  t.same(
    [...night.board.seats.values()].map(state => state.task),
    ['A', 'C'],
  )
  t.end()
})

t.test('tasks that mean to write the same paths do not run side by side', t => {
  const night = given(
    [
      { id: 'folder', files: ['src/api'] },
      { id: 'inside', files: ['./src/api/user.ts'] },
      { id: 'beside', files: ['src/apiary.ts'] },
      { id: 'inside-too', files: ['src//api/loan.ts'] },
    ],
    crew(4),
  )
  t.same(night.started(), ['folder', 'beside'])
  t.same(
    night
      .when(...succeeds('folder', 1))
      .started()
      .sort(),
    ['inside', 'inside-too'],
  )
  t.end()
})

t.test('a free task behind a hundred that overlap with living work is found', t => {
  const crowd = Array.from({ length: 100 }, (_, i) => ({ id: `crowd${i}`, files: ['package.json'] }))
  t.same(given([...crowd, { id: 'free', files: ['docs'] }], crew(2)).started(), ['crowd0', 'free'])
  t.end()
})

t.test('at most so many of a type or tag run side by side', t => {
  const tasks = [
    { id: 'api1', type: 'api' },
    { id: 'api2', type: 'task', tags: ['api'] },
    { id: 'api3', type: 'api' },
    { id: 'other' },
  ]
  const night = given(tasks, { ...crew(4), taskLimits: { api: 2 } })
  t.same(night.started(), ['api1', 'api2', 'other'])
  t.same(night.when(ended('api2', 1, 'task')).started(), ['api3'])
  t.end()
})

t.test('a type named like a built-in of the language is no limit', t => {
  t.same(given([{ id: 'A', type: 'constructor' }], { taskLimits: { test: 1 } }).started(), ['A'])
  t.end()
})

t.test('living work counts against limits and files after a restart', t => {
  const live = { status: 'in_progress' as const, attempts: [openedAttempt(1, 'gates')] }
  const tasks = [
    { id: 'A', type: 'api', files: ['a.ts'], ...live },
    { id: 'B', type: 'api' },
    { id: 'C', files: ['a.ts'] },
    { id: 'D' },
  ]
  t.same(given(tasks, { ...crew(3), taskLimits: { api: 1 } }).started(), ['D'])
  t.end()
})

t.test('a task whose attempts are used up before it starts has failed', t => {
  const night = given([{ id: 'A' }])
  night.when(ended('A', 1, 'task'))
  night.when({ kind: 'taskEdited', task: { ...night.task('A'), limits: { maxAttempts: 1 } }, asked: null })
  night.after(minute)
  t.equal(night.state('A'), 'failed')
  t.same(night.started(), [])
  t.end()
})
