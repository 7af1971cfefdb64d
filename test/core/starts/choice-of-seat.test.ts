// Pins, skills, tags, types, and the turn to another provider after a failure.

import t from 'tap'
import { ended } from '../given/happenings.js'
import { given, minute, type Scenario } from '../given/scenario.js'

const shell = { executor: 'command', command: 'true' } as const
const sim = { executor: 'sim' } as const

function seatOf(night: Scenario, id: string): string | undefined {
  return night.task(id).attempts.at(-1)?.seat
}

t.test('a pin to a seat or an executor is kept, though others are idle', t => {
  const night = given(
    [
      { id: 'A', agent: { seat: 'command-2' } },
      { id: 'B', agent: { executor: 'sim' } },
      { id: 'C', agent: { seat: 'nobody-1' } },
    ],
    { agents: [{ ...shell, count: 3 }, sim] },
  )
  t.equal(seatOf(night, 'A'), 'command-2')
  t.equal(seatOf(night, 'B'), 'sim-1')
  t.equal(night.state('C'), 'ready')
  t.end()
})

t.test('a seat with skills takes only tasks whose skills it has; one without takes all', t => {
  const agents = [
    { ...shell, name: 'db', skills: ['sql', 'prisma'] },
    { ...shell, name: 'any' },
  ]
  const night = given(
    [
      { id: 'A', requiredSkills: ['cobol'] },
      { id: 'B', requiredSkills: ['sql'] },
    ],
    { agents },
  )
  t.equal(seatOf(night, 'A'), 'any-1')
  t.equal(seatOf(night, 'B'), 'db-1')
  t.end()
})

t.test('a seat with tags or types takes only tasks of these', t => {
  const agents = [
    { ...shell, name: 'ui', tags: ['ui'] },
    { ...shell, name: 'tests', types: ['test'] },
  ]
  const night = given([{ id: 'A', tags: ['ui', 'x'] }, { id: 'B', type: 'test' }, { id: 'C' }], { agents })
  t.equal(seatOf(night, 'A'), 'ui-1')
  t.equal(seatOf(night, 'B'), 'tests-1')
  t.equal(night.state('C'), 'ready')
  t.end()
})

t.test('a command seat without a command takes only tasks that bring one', t => {
  const night = given([{ id: 'A' }, { id: 'B', command: ['make'] }], { agents: [{ executor: 'command' }] })
  t.same(night.started(), ['B'])
  t.end()
})

const twoProviders = {
  agents: [
    { ...shell, name: 'one' },
    { ...shell, name: 'two' },
  ],
}

t.test('a failed task goes to another provider', t => {
  const night = given([{ id: 'A' }], twoProviders)
    .when(ended('A', 1, 'task'))
    .after(minute)
  t.same(
    night.task('A').attempts.map(each => each.seat),
    ['one-1', 'two-1'],
  )
  t.end()
})

t.test('a failed task waits for the other provider while that is busy', t => {
  const night = given([{ id: 'A' }, { id: 'B' }], twoProviders)
    .when(ended('A', 1, 'task'))
    .after(minute)
  t.same(night.started(), [])
  t.match(night.when(ended('B', 1, 'task')).gave('startAttempt'), [{ task: 'A', seat: 'two-1' }])
  t.end()
})

t.test('a failed task goes to the same provider where the other rests or does not fit', t => {
  const resting = given([{ id: 'A' }, { id: 'B' }], twoProviders)
  resting.when(ended('B', 1, 'limit', { resetAt: resting.now + 600 * minute }), ended('A', 1, 'task'))
  t.match(resting.gave('startAttempt'), [{ task: 'B', seat: 'one-1' }])
  t.match(
    resting
      .after(minute)
      .when(ended('B', 2, 'task'))
      .gave('startAttempt'),
    [{ task: 'A', n: 2, seat: 'one-1' }],
  )
  const pinned = given([{ id: 'A', agent: { seat: 'one-1' } }], twoProviders)
  t.same(
    pinned
      .when(ended('A', 1, 'task'))
      .after(minute)
      .started(),
    ['A'],
  )
  t.end()
})

t.test('after a retry by a person, or with rotation off, any provider will do', t => {
  const retried = given([{ id: 'A', limits: { maxAttempts: 1 } }, { id: 'B' }], twoProviders).when(
    ended('A', 1, 'task'),
  )
  retried.asks({ name: 'retry', args: { ids: ['A'] } })
  t.match(retried.gave('startAttempt'), [{ seat: 'one-1' }])
  const fixed = given([{ id: 'A' }], { ...twoProviders, retry: { rotate: false } })
  t.match(
    fixed
      .when(ended('A', 1, 'task'))
      .after(minute)
      .gave('startAttempt'),
    [{ seat: 'one-1' }],
  )
  t.end()
})
