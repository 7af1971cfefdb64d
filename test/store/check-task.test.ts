// A bad task file is described by file, line, field, what stands there and what belongs there.

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { newTask } from '../../src/core/model/task.js'
import { checkTask } from '../../src/store/schema/check-task.js'
import { describeFlaw } from '../../src/store/schema/flaw.js'
import { encodeTask } from '../../src/store/task-codec.js'

const packageRoot = new URL('../../../', import.meta.url)

/** Sentences for a file of that content, none when it is good. */
function complaints(content: string | Buffer, name = 'E1-T1'): readonly string[] {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content)
  const check = checkTask(bytes, `tasks/${name}.json`, 0)
  return check.ok ? [] : check.flaws.map(describeFlaw)
}

t.test('a misspelt status is named with its line and the words that may stand there', async t => {
  t.same(complaints('{\n  "id": "E1-T1",\n  "title": "T",\n  "status": "opne"\n}\n'), [
    'tasks/E1-T1.json:4: field "status" is "opne", expected one of ready, in_progress, completed, failed, blocked, cancelled',
  ])
})

t.test('every flaw of a file is told at once, with the field inside lists and objects', async t => {
  const whole = JSON.parse(encodeTask(newTask({ id: 'E1-T1', title: 'T' }, 0)).toString())
  const value = {
    ...whole,
    tags: ['a', 5],
    limits: { maxAttempt: 2 },
    hold: { why: 'held', by: 'me', at: 'soon', text: '' },
    notBefore: 'tomorrow',
    attempts: [{ n: 1 }],
  }
  const told = complaints(JSON.stringify(value, null, 2)).map(line => line.replace(/^[^ ]+ /, ''))
  t.ok(told.includes('field "tags[1]" is 5, expected text'))
  t.ok(told.includes('unknown key "limits.maxAttempt", did you mean "maxAttempts"?'))
  t.ok(told.includes('field "hold.at" is "soon", expected a time in UTC such as "2026-01-31T08:00:00Z"'))
  t.ok(
    told.includes(
      'field "notBefore" is "tomorrow", expected a time in UTC such as "2026-01-31T08:00:00Z" or null',
    ),
  )
  t.ok(told.includes('field "attempts[0].phase" is missing, expected one of agent, gates, landing'))
  t.match(
    complaints(JSON.stringify(value, null, 2)).find(line => line.includes('tags[1]')),
    /^tasks\/E1-T1\.json:20: /,
  )
})

t.test('ids that are paths, devices or not the name of the file are refused', async t => {
  for (const id of ['../../etc/passwd', 'a/b', 'a..b', 'nul', 'x.lock', '.hidden', ''])
    t.match(complaints(JSON.stringify({ id, title: 'T' }))[0], /field "id" is /, id)
  t.match(
    complaints('{"id":"E2","title":"T"}')[0],
    /field "id" is "E2", expected "E1-T1", for the file is called so/,
  )
})

t.test('bytes that are no text, no JSON or too many are refused by what they are', async t => {
  const foul = Buffer.concat([
    Buffer.from('{"id":"E1-T1",\n"title":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ])
  t.same(complaints(foul), ['tasks/E1-T1.json:2: the file is not valid UTF-8, expected UTF-8 text'])
  t.match(
    complaints('{\n"id": "E1-T1",\n"title": "T"\n"x": 1}')[0],
    /json:4: the file is not JSON \("," or "}" should come/,
  )
  t.match(complaints('{"id": "E1-T1", "tit')[0], /cut off inside a string/)
  t.match(complaints('')[0], /the file is empty/)
  t.match(
    complaints(Buffer.alloc(50 * 1024 * 1024))[0],
    /is 52428800 bytes long, expected at most 4194304 bytes/,
  )
  t.match(
    complaints(`{"id":"E1-T1","title":"T","x":${'['.repeat(5000)}${']'.repeat(5000)}}`)[0],
    /nested too deeply/,
  )
  t.match(
    complaints('{"id":"E1-T1","title":"T","x":9007199254740993}')[0],
    /9007199254740993 would be changed/,
  )
})

t.test(
  'a hold is there exactly while the task is blocked, unless a person has just edited the file',
  async t => {
    const blocked = Buffer.from('{"id":"E1-T1","title":"T","status":"blocked"}')
    t.match(complaints(blocked)[0], /field "hold" is null, expected an object with why, by, at, text while/)
    t.ok(checkTask(blocked, 'tasks/E1-T1.json', 0, 'edited').ok)
    const held = { why: 'held', by: 'me', at: '2026-01-01T00:00:00Z', text: '' }
    t.match(
      complaints(JSON.stringify({ id: 'E1-T1', title: 'T', hold: held }))[0],
      /"hold" is an object, expected null/,
    )
    t.same(complaints(JSON.stringify({ id: 'E1-T1', title: 'T', status: 'blocked', hold: held })), [])
  },
)

t.test('id and title are enough, old status names are read, and both are called normalised', async t => {
  const check = checkTask(
    Buffer.from('{"id":"E1-T1","title":"T","status":"done"}'),
    'tasks/E1-T1.json',
    86_400_000,
  )
  t.match(check, {
    ok: true,
    normalised: true,
    task: { status: 'completed', createdAt: '1970-01-02T00:00:00.000Z' },
  })
})

t.test('text from a file cannot move the cursor of the person who reads about it', async t => {
  const [told] = complaints(
    JSON.stringify({ id: 'E1-T1', title: 'T', status: '\u001b[2J\u009b\u202e{red-fg}' }),
  )
  t.match(told, /\\u001b\[2J\\u009b\\u202e/)
  t.notMatch(told, /[\u001b\u009b\u202e]/)
})

t.test('the schemas are themselves valid', async t => {
  for (const name of ['task', 'config', 'run', 'status']) {
    const schema = JSON.parse(readFileSync(new URL(`schemas/${name}.schema.json`, packageRoot), 'utf8'))
    t.ok(new Ajv2020({ strict: false }).validateSchema(schema), name)
  }
})
