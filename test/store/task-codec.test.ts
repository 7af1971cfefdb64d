// What is decoded and encoded again is the same file, byte for byte; unknown fields stay where they stood.

import fc from 'fast-check'
import t from 'tap'
import type { Attempt, Task } from '../../src/core/model/task.js'
import { newTask, taskKeys } from '../../src/core/model/task.js'
import { isoTime } from '../../src/core/model/time.js'
import { checkTask } from '../../src/store/schema/check-task.js'
import { encodeTask } from '../../src/store/task-codec.js'

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const texts = fc.array(text, { maxLength: 3 })
const time = fc.integer({ min: 0, max: 4e12 }).map(isoTime)
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })
const count = fc.nat({ max: 1000 })

const attempt: fc.Arbitrary<Attempt> = fc.record({
  summary: orNull(text),
  n: fc.integer({ min: 1, max: 99 }),
  phase: fc.constantFrom('agent' as const, 'gates' as const, 'landing' as const),
  seat: text,
  executor: text,
  model: orNull(text),
  sessionId: orNull(text),
  mark: text,
  epoch: count,
  startedAt: time,
  endedAt: orNull(time),
  outcome: orNull(fc.constantFrom('done' as const, 'gate' as const, 'infra' as const)),
  spent: orNull(fc.boolean()),
  reason: orNull(text),
  fingerprint: orNull(text),
  baseCommit: orNull(text),
  commit: orNull(text),
  mergeCommit: orNull(text),
  expectedTip: orNull(text),
  costUsd: orNull(fc.double({ min: 0, max: 100, noNaN: true }).map(value => value + 0)),
  tokens: orNull(fc.record({ input: count, output: count })),
  gates: fc.array(fc.record({ name: text, state: fc.constant('green' as const), tree: text, ms: count }), {
    maxLength: 2,
  }),
})

const known = fc.record({
  id: fc.stringMatching(/^[A-Z][a-z0-9]{3,9}$/),
  title: fc.string({ minLength: 1, maxLength: 30 }),
  notes: text,
  status: fc.constantFrom('ready' as const, 'in_progress' as const, 'failed' as const),
  priority: fc.constantFrom('critical' as const, 'low' as const),
  tags: texts,
  dependencies: texts,
  estimateMinutes: orNull(fc.integer({ min: 1, max: 500 })),
  attempts: fc.array(attempt, { maxLength: 3 }),
  createdAt: time,
  metadata: fc.dictionary(text, fc.oneof(text, count, texts)),
})
const unknownKey = fc.oneof(
  text.filter(key => !(taskKeys as readonly string[]).includes(key)),
  fc.constantFrom('__proto__', 'constructor', '7'),
)
const unknown = fc.array(fc.tuple(unknownKey, text), { maxLength: 3 })

t.test('a task that is written, read and written again has the same bytes', async t => {
  const property = fc.property(known, unknown, fc.nat(), (fields, extra, seed) => {
    const task = mixed(newTask(fields, 0), extra, seed)
    const bytes = encodeTask(task)
    const check = checkTask(bytes, `tasks/${fields.id}.json`, 5)
    if (!check.ok) throw new Error(JSON.stringify(check.flaws))
    if (check.normalised) throw new Error('a canonical file was called normalised')
    return encodeTask(check.task).equals(bytes)
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

t.test(
  'an unknown field stays behind the field that it followed, also after a step of the engine',
  async t => {
    const bytes = Buffer.from('{"title":"T","colour":"red","id":"A1","import":{},"zeal":1,"attempts":[]}')
    const check = checkTask(bytes, 'tasks/A1.json', 0)
    if (!check.ok) throw new Error('was refused')
    t.ok(check.normalised)
    const stepped: Task = { ...check.task, status: 'failed', rev: 2 }
    const keys = Object.keys(JSON.parse(encodeTask(stepped).toString()))
    t.equal(keys[keys.indexOf('title') + 1], 'colour')
    t.same(keys.slice(-2), ['import', 'zeal'])
    t.equal(keys.length, taskKeys.length + 2)
  },
)

/** Puts the unknown fields between the known ones, wherever the seed says. */
function mixed(task: Task, extra: readonly (readonly [string, string])[], seed: number): Task {
  const entries = Object.entries(task)
  extra.forEach((entry, i) => {
    entries.splice((seed * (i + 7)) % entries.length, 0, [...entry])
  })
  return Object.fromEntries(entries) as unknown as Task
}
