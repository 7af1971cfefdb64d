// Bytes set aside are kept whole, explained, and never overwritten.

import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import t from 'tap'
import { layoutOf } from '../../src/core/layout.js'
import { quarantine } from '../../src/store/quarantine.js'

t.test('the same name in the same instant twenty times is kept twenty times', async t => {
  const layout = layoutOf(t.testdir({}), t.testdirName)
  const keep = (_: unknown, i: number) => quarantine(layout, 'A1.json', Buffer.from(`${i}`), `why ${i}`, 1000)
  const paths = await Promise.all(Array.from({ length: 20 }, keep))
  t.same(
    paths.map(path => readFileSync(path, 'utf8')),
    paths.map((_, i) => `${i}`),
  )
  const notes = paths.map(path => JSON.parse(readFileSync(`${path}.why.json`, 'utf8')))
  t.same(
    notes.map(note => [note.file, note.why]),
    paths.map((path, i) => [basename(path), `why ${i}`]),
  )
})

t.test('a huge file is moved, not read, and empty bytes are kept too', async t => {
  const folder = t.testdir({ big: '', tree: { inner: 'x' } })
  const layout = layoutOf(folder, folder)
  truncateSync(`${folder}/big`, 50 * 1024 * 1024)
  const { ino } = statSync(`${folder}/big`)
  const path = await quarantine(layout, 'big', { moveFrom: `${folder}/big` }, 'too big', 0)
  t.equal(statSync(path).ino, ino)
  t.notOk(existsSync(`${folder}/big`))
  t.match(JSON.parse(readFileSync(`${path}.why.json`, 'utf8')), {
    from: `${folder}/big`,
    bytes: 52428800,
    why: 'too big',
  })
  const tree = await quarantine(layout, 'tree', { moveFrom: `${folder}/tree` }, 'a folder', 0)
  t.equal(readFileSync(`${tree}/inner`, 'utf8'), 'x')
  t.equal(statSync(await quarantine(layout, 'none', Buffer.alloc(0), 'empty', 0)).size, 0)
})

t.test('a name that is a path stays inside the folder, a missing file is a fault', async t => {
  const layout = layoutOf(t.testdir({}), t.testdirName)
  const path = await quarantine(layout, '../../evil\u001b[2J name', Buffer.from('x'), 'y', 0)
  t.equal(dirname(path), layout.quarantine)
  t.match(basename(path), /^1970-01-01T000000\.000Z-evil__2J_name$/)
  writeFileSync(`${layout.quarantine}/1970-01-01T000000.000Z-a`, 'stray')
  t.match(await quarantine(layout, 'a', Buffer.from('x'), 'y', 0), /-a-2$/)
  await t.rejects(quarantine(layout, 'b', { moveFrom: '/nowhere/b' }, 'y', 0), { code: 'write_failed' })
  t.equal(readdirSync(layout.quarantine).length, 5)
})
