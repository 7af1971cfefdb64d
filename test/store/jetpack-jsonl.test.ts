// The predecessor's backlog comes in whole: good lines as tasks, bad ones named with their line.

import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { newTask } from '../../src/core/model/task.js'
import { readJetpackJsonl } from '../../src/store/formats/jetpack-jsonl.js'
import { checkTask } from '../../src/store/schema/check-task.js'
import { encodeTask } from '../../src/store/task-codec.js'

const realFiles = new URL('../../../../shared/data/jaroloan/', import.meta.url)
const skip = !existsSync(realFiles) && 'the real backlog is not here'
const at = Date.UTC(2026, 0, 19)

const lines = (...values: readonly unknown[]) =>
  Buffer.from(values.map(value => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n'))

t.test('the real backlog: 277 tasks, none bad, each a valid task file', { skip }, async t => {
  const { tasks, bad } = readJetpackJsonl(readFileSync(new URL('tasks.jsonl', realFiles)), 'tasks.jsonl', at)
  t.equal(tasks.length, 277)
  t.same(bad, [])
  const files = tasks.map(task => checkTask(encodeTask(newTask(task, at)), `tasks/${task.id}.json`, at))
  t.ok(files.every(check => check.ok && !check.normalised))
})

t.test(
  'the real backlog after the crash: 260 tasks, the torn line named, dead sessions released',
  { skip },
  async t => {
    const bytes = readFileSync(new URL('tasks.after-crash.jsonl', realFiles))
    const { tasks, bad, notes } = readJetpackJsonl(bytes, 'tasks.after-crash.jsonl', at)
    t.equal(tasks.length, 260)
    t.match(bad, [{ line: 261, why: /not JSON \(the text is cut off inside a string\)/ }])
    t.equal(bad[0]?.text.toString(), '{"id": "TEST-FHA-SPECIFI')
    const count = (status: string) => tasks.filter(task => task.status === status).length
    t.same([count('ready'), count('completed'), count('failed'), count('in_progress')], [154, 75, 31, 0])
    t.ok(tasks.every(task => (task.status === 'completed') === (task.result?.kind === 'imported')))
    t.ok(notes.some(note => note.startsWith('10 × a task was in progress')))
    t.match(tasks.find(task => task.id === 'IMPORT-FREDDIE-1')?.import, {
      format: 'jetpack-jsonl',
      line: 132,
      original: { status: 'in_progress', assignedAgent: 'codex-d488dae7' },
    })
  },
)

t.test('each bad line is reported by itself with its number and its reason', async t => {
  const foul = Buffer.concat([Buffer.from('\n{"id":"X","title":"'), Buffer.from([0xff]), Buffer.from('"}\n')])
  const head = lines(
    { id: 'A1', title: 'T' },
    '',
    { id: 'a1', title: 'again' },
    { id: '../../x', title: 'T' },
    { id: 'B1' },
    { id: 'C1', title: 'T', status: 'opne' },
    '[1]',
    '{"id":"D1",',
  )
  const { tasks, bad } = readJetpackJsonl(
    Buffer.concat([head, foul, lines({ id: 'E1', title: 'T' })]),
    's',
    at,
  )
  t.same(
    tasks.map(task => task.id),
    ['A1', 'E1'],
  )
  t.same(
    bad.map(one => one.line),
    [3, 4, 5, 6, 7, 8, 9],
  )
  t.match(
    bad.map(one => one.why),
    [
      /id "a1" is already taken by line 1/,
      /field "id" is "..\/..\/x", expected an id of/,
      /field "title" is missing/,
      /field "status" is "opne", expected one of ready/,
      /expected an object/,
      /the line is not JSON/,
      /the line is not valid UTF-8/,
    ],
  )
})

t.test('old words become new ones and the exact old values are kept', async t => {
  const old = {
    id: 'A1',
    title: 'T',
    status: 'completed',
    priority: 1,
    blockers: null,
    estimatedMinutes: 30,
    updatedAt: '2026-01-02T03:04:05+01:00',
    retryCount: 2,
    colour: 'red',
  }
  const [task] = readJetpackJsonl(lines(old), 'old.jsonl', at).tasks
  t.match(task, {
    priority: 'high',
    blockers: [],
    estimateMinutes: 30,
    completedAt: '2026-01-02T02:04:05.000Z',
  })
  t.match(task, { colour: 'red', result: { kind: 'imported', by: 'import', at: '2026-01-02T02:04:05.000Z' } })
  const { id, title, status, colour, ...replaced } = old
  t.same(task?.import?.['original'], replaced)
})
