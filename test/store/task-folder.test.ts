// The folder of task files: everything that can lie in it is either loaded or named, and foreign changes show.

import { execFileSync } from 'node:child_process'
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import t from 'tap'
import { layoutOf } from '../../src/core/layout.js'
import { newRun } from '../../src/core/model/run.js'
import { newTask } from '../../src/core/model/task.js'
import { readRuns, writeRun } from '../../src/store/run-folder.js'
import { encodeTask } from '../../src/store/task-codec.js'
import { TaskFolder } from '../../src/store/task-folder.js'

const { signal } = new AbortController()
const bytesOf = (id: string, title = 'T') => encodeTask(newTask({ id, title }, 0))

t.test('a thousand tasks are loaded', async t => {
  const folder = t.testdir({})
  for (let i = 0; i < 1000; i += 1) writeFileSync(`${folder}/T${i}.json`, bytesOf(`T${i}`))
  const before = performance.now()
  const { files, unreadable } = await new TaskFolder(folder).load(signal)
  t.comment(`1,000 task files in ${Math.round(performance.now() - before)} ms`)
  t.equal(files.filter(file => file.check.ok && !file.check.normalised).length, 1000)
  t.same(unreadable, [])
})

t.test('what is no task file is named, never opened for long, never dropped in silence', async t => {
  const folder = t.testdir({
    'bad name.json': '{}',
    'A1.json': '{',
    'notes.txt': '',
    '.A1.json.swp': '',
    'd.json': {},
  })
  writeFileSync(`${folder}/Big.json`, '')
  truncateSync(`${folder}/Big.json`, 50 * 1024 * 1024)
  symlinkSync('/etc/passwd', `${folder}/link.json`)
  execFileSync('mkfifo', [`${folder}/pipe.json`])
  const before = process.memoryUsage().arrayBuffers
  const { files, unreadable } = await new TaskFolder(folder).load(signal)
  t.ok(process.memoryUsage().arrayBuffers - before < 10e6, 'the big file was not read')
  t.same(
    files.map(file => [file.id, file.check.ok]),
    [['A1', false]],
  )
  t.same(
    unreadable.map(file => file.name),
    ['Big.json', 'bad name.json', 'd.json', 'link.json', 'pipe.json'],
  )
  t.match(unreadable[0]?.why, /Big.json: the file is 52428800 bytes long, expected at most 4194304 bytes/)
})

t.test('ids that differ only in capital letters: the second is a flaw', async t => {
  const folder = t.testdir({ 'A1.json': bytesOf('A1'), 'a1.json': bytesOf('a1') })
  const { files } = await new TaskFolder(folder).load(signal)
  // Where the file system does not tell them apart there is but one.
  const expected = readdirSync(folder).length === 2 ? [true, false] : [false]
  t.same(
    files.map(file => file.check.ok),
    expected,
  )
})

t.test('left-over temporary files are swept by the owner only, and nothing else is', async t => {
  const names = {
    'A1.json.12345': 'x',
    'A1.json.bak': 'x',
    'A1.json.12345678901': 'x',
    'A1.json': bytesOf('A1'),
  }
  const folder = t.testdir(names)
  await new TaskFolder(folder).load(signal)
  t.equal(readdirSync(folder).length, 4)
  await new TaskFolder(folder).load(signal, 'owner')
  t.same(readdirSync(folder).sort(), ['A1.json', 'A1.json.12345678901', 'A1.json.bak'])
})

t.test('a change, a removal and a new file by somebody else are foreign, our own writes are not', async t => {
  const path = t.testdir({ 'A1.json': bytesOf('A1') })
  const folder = new TaskFolder(path)
  t.ok(await folder.isForeign('A1'), 'not loaded yet')
  await folder.load(signal)
  await folder.write('B1', bytesOf('B1'))
  t.same(
    [await folder.isForeign('A1'), await folder.isForeign('B1'), await folder.isForeign('C1')],
    [false, false, false],
  )
  writeFileSync(`${path}/A1.json`, bytesOf('A1', 'by hand'))
  t.ok(await folder.isForeign('A1'))
  t.match(await folder.read('A1'), { check: { task: { title: 'by hand' } } })
  t.ok(await folder.isForeign('A1'), 'reading alone settles nothing')
  rmSync(`${path}/B1.json`)
  t.ok(await folder.isForeign('B1'))
})

t.test('bytes that could not be read again and ids that are paths are never written', async t => {
  const path = t.testdir({})
  const folder = new TaskFolder(`${path}/tasks`)
  await t.rejects(folder.write('A1', bytesOf('B1')), { code: 'task_invalid', message: /field "id" is "B1"/ })
  await t.rejects(folder.remove('../x'), { code: 'task_invalid' })
  t.notOk(existsSync(`${path}/tasks`))
})

t.test('run records come newest first, and a foul one is named', async t => {
  const layout = layoutOf(t.testdir({}), t.testdirName)
  const given = { startedBy: 'me', target: { branch: 'n', from: 'HEAD' }, seats: [], config: {} }
  for (const day of ['01', '03', '02'])
    await writeRun(layout, newRun({ ...given, id: `r${day}`, startedAt: `2026-01-${day}T00:00:00Z` }))
  writeFileSync(`${layout.runs}/r04.json`, '{}')
  const { runs, bad } = await readRuns(layout)
  t.same(
    runs.map(run => run.id),
    ['r03', 'r02', 'r01'],
  )
  t.match(bad, [{ why: /runs\/r04.json:1: field "schema" is missing/ }])
  t.match(readFileSync(`${layout.runs}/r01.json`, 'utf8'), /^\{\n {2}"schema": "jetpack.run\/1",\n/)
})
