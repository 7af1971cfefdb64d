// Pauses of providers and seats, and the timer that ends them.

import t from 'tap'
import { ended } from './given/happenings.js'
import { given, isoOf, minute, second } from './given/scenario.js'

const shell = { executor: 'command', command: 'true' } as const
const oneProvider = { agents: [{ ...shell, count: 2 }], retry: { baseSeconds: 30 } }
const tasks = ['A', 'B', 'C', 'D'].map(id => ({ id }))

t.test('a usage limit rests all seats of the provider until its reset, and the timer is asked for', t => {
  const night = given(tasks, oneProvider).when(
    ended('A', 1, 'limit', { resetAt: given([]).now + 90 * minute }),
  )
  t.same(night.started(), [])
  t.same(
    night.gave('wakeAt').map(effect => effect.at - night.now),
    [90 * minute],
  )
  t.match(night.gave('announce')[0]?.text, /command rests until/)
  t.same(night.after(90 * minute).started(), ['A'])
  t.end()
})

t.test('a usage limit without a time rests a quarter of an hour', t => {
  const night = given(tasks, oneProvider).when(ended('A', 1, 'limit'))
  t.same(night.after(15 * minute - second).started(), [])
  t.same(night.after(second).started(), ['A'])
  t.end()
})

t.test('provider trouble backs off, doubling while it lasts; several agents at once are one strike', t => {
  const night = given(tasks, oneProvider).when(ended('A', 1, 'provider'), ended('B', 1, 'provider'))
  t.match(night.board.providers.get('command'), { strikes: 1, until: night.now + 30 * second })
  night.after(30 * second).when(ended('A', 2, 'provider'))
  t.match(night.board.providers.get('command'), { strikes: 2, until: night.now + minute })
  t.end()
})

t.test('short trouble does not shorten a long limit', t => {
  const night = given(tasks, oneProvider).when(
    ended('A', 1, 'limit', { resetAt: given([]).now + 90 * minute }),
  )
  night.when(ended('B', 1, 'provider'))
  t.match(night.board.providers.get('command'), { until: night.now + 90 * minute })
  t.end()
})

t.test(
  'an answer after the pause clears the strikes; one of an agent from before it does not end the pause',
  t => {
    const night = given(tasks, oneProvider).when(ended('A', 1, 'provider'), ended('B', 1, 'task'))
    t.ok(night.board.providers.has('command'))
    const [first] = night.after(30 * second).started()
    night.when(ended(first ?? '', night.attempt(first ?? '').n, 'done'))
    t.notOk(night.board.providers.has('command'))
    t.end()
  },
)

t.test('a refused key switches the provider off and is told once; resume tries it again', t => {
  const agents = [
    { ...shell, name: 'one', count: 2 },
    { ...shell, name: 'two' },
  ]
  const night = given([{ id: 'A' }, { id: 'B' }, { id: 'C' }, { id: 'D' }], { agents })
  night.when(ended('A', 1, 'auth', { reason: 'key refused' }), ended('B', 1, 'auth'))
  const told = night.effects.filter(effect => effect.kind === 'announce' && effect.text.includes('one rests'))
  t.equal(told.length, 1)
  night.when(ended('C', 1, 'done'))
  t.match(night.gave('startAttempt'), [{ seat: 'two-1' }])
  night.asks({ name: 'resume', args: {} })
  t.same(
    night.gave('startAttempt').map(effect => effect.seat),
    ['one-1', 'one-2'],
  )
  t.end()
})

t.test('when the only provider refuses its key, nobody but a person can help: nothing_runnable', t => {
  const night = given(tasks, oneProvider).when(ended('A', 1, 'auth'), ended('B', 1, 'auth'))
  t.equal(night.board.run?.end, 'nothing_runnable')
  t.end()
})

t.test('a seat that cannot start an agent rests, and others take over', t => {
  const night = given(tasks, oneProvider).when({
    kind: 'attemptFailedToStart',
    task: 'A',
    n: 1,
    reason: 'ENOENT',
  })
  t.match(night.board.seats.get('command-1'), {
    task: null,
    restUntil: night.now + 30 * second,
    restWhy: 'ENOENT',
  })
  t.match(night.when(ended('B', 1, 'done')).gave('startAttempt'), [{ seat: 'command-2' }])
  t.same(night.after(30 * second).started(), ['A'])
  t.end()
})

t.test('a timer that fires too early is asked for again', t => {
  const night = given([{ id: 'A' }]).when(ended('A', 1, 'task'))
  const at = night.now + 30 * second
  night.now = at - 1
  t.same(night.when({ kind: 'woke' }).gave('wakeAt'), [{ kind: 'wakeAt', at }])
  t.end()
})

t.test('a timer that stands is not asked for twice', t => {
  const night = given([{ id: 'A', notBefore: isoOf(minute) }])
  t.same(night.when({ kind: 'diskRecovered' }).gave('wakeAt'), [])
  t.end()
})

t.test('after a sleep of the machine rests go on where they were', t => {
  const night = given(tasks, oneProvider).when({ kind: 'attemptFailedToStart', task: 'A', n: 1, reason: 'x' })
  night.now += 60 * minute
  night.when({ kind: 'clockJumped', gapMs: 60 * minute })
  t.match(night.board.seats.get('command-1'), { restUntil: night.now + 30 * second })
  t.same(
    night.gave('wakeAt').map(effect => effect.at - night.now),
    [30 * second],
  )
  t.end()
})
