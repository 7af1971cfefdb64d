// New tasks, hand edits, and commands that come twice.

import t from 'tap'
import { type Command, rememberedRequests } from '../../src/core/messages/commands.js'
import type { TaskFile } from '../../src/core/schema/task.js'
import { ended, openedAttempt } from './given/happenings.js'
import { given, minute, second, taskOf } from './given/scenario.js'

const quiet = () => given([{ id: 'A' }, { id: 'B', dependencies: ['A'] }])
const add = (task: Partial<TaskFile> & { id: string }): Command => ({
  name: 'add',
  args: { task: { title: task.id, ...task } },
})
const imports = (tasks: readonly (Partial<TaskFile> & { id: string })[], flawed = false): Command => ({
  name: 'import',
  args: { tasks: tasks.map(task => ({ title: task.id, ...task })), source: 'tasks.jsonl', flawed },
})

t.test('the same request id is carried out once and answered the same', t => {
  const night = quiet().asks(add({ id: 'C' }), 'r1')
  const first = night.reply()
  t.match(first, { ok: true, ids: ['C'] })
  night.asks(add({ id: 'C' }), 'r1')
  t.same([night.reply(), night.board.tasks.size], [first, 3])
  t.match(night.asks(add({ id: 'C' }), 'r2').reply(), { ok: false, code: 'refused' })
  t.end()
})

t.test('only so many answers are remembered', t => {
  const night = quiet()
  for (let i = 0; i < rememberedRequests + 5; i += 1) night.asks({ name: 'resume', args: {} }, `r${i}`)
  t.equal(night.board.requests.size, rememberedRequests)
  t.end()
})

t.test('add refuses bad ids, ids taken ignoring case, cycles and dangling edges', t => {
  const night = quiet()
  for (const task of [
    { id: '../x' },
    { id: 'a' },
    { id: 'C', dependencies: ['C'] },
    { id: 'C', blockers: ['Z'] },
  ])
    t.match(night.asks(add(task)).reply(), { ok: false })
  t.match(night.reply(), { message: 'Cannot add the task: task "C" depends on "Z", which does not exist.' })
  t.equal(night.board.tasks.size, 2)
  t.end()
})

t.test('an added task starts at once when a seat is free', t => {
  const night = given([{ id: 'A', notBefore: '2028-01-01T00:00:00Z' }])
  t.same(night.asks(add({ id: 'C' })).started(), ['C'])
  t.end()
})

t.test('import is one change; what is there already is left alone', t => {
  const night = quiet().asks(
    imports([{ id: 'A', title: 'other' }, { id: 'C' }, { id: 'D', dependencies: ['C'] }]),
  )
  t.match(night.reply(), { ok: true, ids: ['C', 'D'], message: '2 tasks imported, 1 were here already.' })
  t.match(night.last.changes[0], {
    kind: 'tasksSaved',
    note: { subject: 'import 2 tasks from tasks.jsonl', by: 'eve' },
  })
  t.equal(night.task('A').title, 'A')
  t.end()
})

t.test('import names cycles and dangling edges and writes nothing, unless partial', t => {
  const tasks = [
    { id: 'C', dependencies: ['D'] },
    { id: 'D', dependencies: ['C'] },
    { id: 'E', dependencies: ['Z'] },
  ]
  const night = quiet().asks(imports(tasks))
  t.match(night.reply(), { ok: false, code: 'invalid' })
  t.match(night.reply().message, /"E" depends on "Z".*cycle: C → D → C/)
  t.equal(night.board.tasks.size, 2)
  t.match(night.asks(imports(tasks, true)).reply(), { ok: true })
  t.equal(night.board.tasks.size, 5)
  t.end()
})

t.test('import refuses an id that is there twice or differs by case only', t => {
  t.match(
    quiet()
      .asks(imports([{ id: 'C' }, { id: 'C' }]))
      .reply().message,
    /"C" is there twice/,
  )
  t.match(
    quiet()
      .asks(imports([{ id: 'C' }, { id: 'c' }]))
      .reply().message,
    /"C" and "c" differ by case/,
  )
  t.end()
})

t.test(
  'what comes from outside holds together: dead work is ready, done work has a result, blocked has a hold',
  t => {
    const night = quiet().asks(
      imports([
        { id: 'dead', rev: 7, status: 'in_progress', attempts: [openedAttempt(1, 'agent')] },
        { id: 'done', status: 'completed' },
        { id: 'held', status: 'blocked' },
        { id: 'bad', status: 'failed' },
      ]),
    )
    t.match(night.task('dead'), { rev: 1, status: 'ready', attempts: [{ outcome: 'stopped', spent: false }] })
    t.match(night.task('done').result, { kind: 'imported', by: 'eve' })
    t.match(night.task('held').hold, { why: 'held' })
    t.equal(night.state('bad'), 'failed')
    t.end()
  },
)

t.test(
  'a hand edit takes over the person’s fields and leaves the engine’s, even when it was read long ago',
  t => {
    const night = quiet()
    const old = { ...night.task('A'), title: 'better', status: 'completed' as const, attempts: [] }
    night.when(ended('A', 1, 'task')).when({ kind: 'taskEdited', task: old, asked: null })
    t.match(night.task('A'), { title: 'better', rev: 5, attempts: [{ n: 1, outcome: 'task' }, { n: 2 }] })
    t.end()
  },
)

t.test('a task written by hand is taken in; a status written by hand is a command', t => {
  const night = given([{ id: 'A' }]).when({
    kind: 'taskEdited',
    task: taskOf({ id: 'C', status: 'in_progress' }),
    asked: null,
  })
  t.equal(night.state('C'), 'ready')
  const failed = given([
    { id: 'A', status: 'failed' },
    { id: 'B', notBefore: '2028-01-01T00:00:00Z' },
  ])
  failed.when({ kind: 'taskEdited', task: failed.task('A'), asked: { name: 'retry', args: { ids: ['A'] } } })
  t.equal(failed.state('A'), 'in_progress: agent')
  failed.when({ kind: 'taskEdited', task: failed.task('A'), asked: { name: 'retry', args: { ids: ['A'] } } })
  t.match(failed.gave('announce'), [{ level: 'warning', text: /Cannot retry A/ }])
  t.end()
})

t.test('an edit that lets an edge go lets the task start; one that puts it off delays it', t => {
  const night = given([
    { id: 'A', status: 'failed' },
    { id: 'B', dependencies: ['A'] },
    { id: 'C', notBefore: '2028-01-01T00:00:00Z' },
  ])
  night.when({ kind: 'taskEdited', task: { ...night.task('B'), dependencies: [] }, asked: null })
  t.same(night.started(), ['B'])
  night.when(ended('B', 1, 'task')).after(second)
  night.when({ kind: 'taskEdited', task: { ...night.task('B'), notBefore: null }, asked: null })
  t.same(night.started(), ['B'])
  t.equal(night.after(minute).state('C'), 'ready')
  t.end()
})
