// What a person asks of the run and of tasks: pause, resume, stop, drain, retry, reassign, kill.

import t from 'tap'
import type { Command } from '../../src/core/messages/commands.js'
import { changed, ended, failsTimes, gated, green, stopped, succeeds, verdict } from './given/happenings.js'
import { given, minute, second } from './given/scenario.js'

const pause: Command = { name: 'pause', args: {} }
const resume: Command = { name: 'resume', args: {} }
const stop = (now = false): Command => ({ name: 'stop', args: { now } })
const twoTasks = () => given([{ id: 'A' }, { id: 'B' }])

t.test('a paused run starts nothing and lets what runs go on to its landing', t => {
  const night = twoTasks().asks(pause)
  t.match(night.board.run, { desired: { paused: true, by: 'eve' }, end: null })
  night.when(...succeeds('A', 1))
  t.equal(night.state('A'), 'completed')
  t.same([night.state('B'), night.board.run?.end], ['ready', null])
  t.same(night.asks(resume).started(), ['B'])
  t.end()
})

t.test(
  'stop drains: nothing starts, agents have the drain time, then are asked to end, and the run is stopped',
  t => {
    const night = twoTasks().asks(stop())
    t.same(night.gave('stopAttempt'), [])
    t.same(night.after(15 * minute - second).gave('stopAttempt'), [])
    t.match(night.after(second).gave('stopAttempt'), [{ task: 'A', n: 1, why: 'stopped', now: false }])
    t.same(night.after(second).gave('stopAttempt'), [], 'asked once')
    night.when(stopped('A', 1, 'stopped'))
    t.same([night.state('A'), night.state('B')], ['ready', 'ready'])
    t.match(night.task('A').attempts, [{ outcome: 'stopped', spent: false, commit: changed.commit }])
    t.match(night.gave('endRun'), [{ end: 'stopped' }])
    t.match(night.board.run, { end: 'stopped', counts: { ready: 2 } })
    t.end()
  },
)

t.test(
  'stop lets finished work land before the run ends; stop --now sends it back, kept on its branch',
  t => {
    const drained = twoTasks()
      .asks(stop())
      .when(ended('A', 1, 'done'))
    t.same(drained.gave('endRun'), [])
    drained.when(...succeeds('A', 1).slice(1))
    t.same([drained.state('A'), drained.board.run?.end], ['completed', 'stopped'])

    const hurried = given([{ id: 'A' }, { id: 'B' }], {
      agents: [{ executor: 'command', command: 'true', count: 2 }],
    })
    hurried.asks(stop(true)).when(ended('A', 1, 'done'))
    t.same(hurried.gave('gateWork'), [])
    hurried.when(stopped('B', 1, 'stopped'))
    t.same([hurried.state('A'), hurried.board.run?.end], ['ready', 'stopped'])
    t.match(hurried.attempt('A'), { outcome: 'stopped', spent: false, commit: changed.commit })
    t.end()
  },
)

t.test('stop --now asks all agents to end at once, by force', t => {
  const night = twoTasks().asks(stop()).asks(stop(true))
  t.match(night.gave('stopAttempt'), [{ task: 'A', why: 'stopped', now: true }])
  t.match(night.reply(), { ok: true })
  t.end()
})

t.test('a swap under way is waited for even by stop --now', t => {
  const night = twoTasks()
    .when(ended('A', 1, 'done'), gated('A', 1, green))
    .asks(stop(true))
  night.when(stopped('B', 1, 'stopped'))
  t.equal(night.board.run?.end, null)
  night.when(...succeeds('A', 1).slice(2))
  t.same([night.state('A'), night.board.run?.end], ['completed', 'stopped'])
  t.end()
})

t.test('steering without a run is refused', t => {
  const night = given([])
  t.equal(night.board.run?.end, 'all_tasks_complete')
  for (const command of [pause, resume, stop()])
    t.match(night.asks(command).reply(), { ok: false, code: 'refused' })
  t.end()
})

t.test('retry gives a failed task all its attempts anew; completed and running ones are refused whole', t => {
  const night = failsTimes(twoTasks(), 'A', 1, 'task')
  night.when(...succeeds('B', 1))
  failsTimes(night, 'A', 1, 'task').asks(pause)
  failsTimes(night, 'A', 1, 'task')
  t.equal(night.state('A'), 'failed')
  t.match(night.asks({ name: 'retry', args: { ids: ['A', 'B'] } }).reply(), { ok: false, code: 'refused' })
  t.equal(night.state('A'), 'failed')
  night.asks({ name: 'retry', args: { ids: 'failed' } }).asks(resume)
  t.match(night.task('A'), { status: 'in_progress', retriedAfter: 3, attempts: { length: 4 } })
  t.match(night.asks({ name: 'retry', args: { ids: ['A'] } }).reply(), { ok: false })
  t.match(night.asks({ name: 'retry', args: { ids: ['Z'] } }).reply(), { ok: false, code: 'unknown_task' })
  t.end()
})

t.test('retry ends a back-off and releases a blocked task', t => {
  const night = twoTasks().when(ended('A', 1, 'question'), ended('B', 1, 'task'))
  night.asks({ name: 'retry', args: { ids: ['B', 'A'] } })
  t.match(night.task('A'), { status: 'in_progress', hold: null })
  t.match(night.task('B'), { status: 'ready', notBefore: null })
  t.end()
})

t.test('reassign pins the task and ends an agent that no longer fits', t => {
  const agents = [{ executor: 'command' as const, command: 'true' }, { executor: 'sim' as const }]
  const night = given([{ id: 'A' }], { agents }).asks({ name: 'reassign', args: { ids: ['A'], to: 'sim' } })
  t.match(night.gave('stopAttempt'), [{ task: 'A', n: 1, why: 'reassigned', now: false }])
  night.when(stopped('A', 1, 'reassigned'))
  t.match(night.gave('startAttempt'), [{ task: 'A', n: 2, seat: 'sim-1', sessionId: null }])
  night.asks({ name: 'reassign', args: { ids: ['A'], to: 'sim-1' } })
  t.same(night.gave('stopAttempt'), [], 'it sits there already')
  t.match(night.asks({ name: 'reassign', args: { ids: ['A'], to: 'nobody' } }).reply(), { ok: false })
  t.end()
})

t.test('kill ends an agent by force and says who asked; the task is ready again', t => {
  const night = twoTasks().asks({ name: 'kill', args: { ids: ['A'] } })
  t.match(night.gave('stopAttempt'), [{ task: 'A', n: 1, why: 'killed_by_person', now: true }])
  t.match(night.last.changes[0], { note: { subject: 'A: kill asked', by: 'eve' } })
  night.when(stopped('A', 1, 'killed_by_person'))
  t.match(night.task('A').attempts[0], { outcome: 'stopped', spent: false, reason: 'ended by a person' })
  t.match(night.asks({ name: 'kill', args: { ids: ['B'] } }).reply(), { ok: false })
  t.end()
})

t.test('work that ended by itself before the word came through is taken as it is', t => {
  const night = twoTasks().asks({ name: 'kill', args: { ids: ['A'] } })
  night.when({
    kind: 'agentEnded',
    task: 'A',
    n: 1,
    verdict: verdict('done'),
    stoppedFor: null,
    work: changed,
  })
  t.equal(night.state('A'), 'in_progress: gates')
  t.end()
})
