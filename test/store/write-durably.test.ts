// A file of ours holds the old bytes or the new ones, whatever the disk does.

import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import t from 'tap'
import { readStateFile, writeStateFile } from '../../src/store/state-files.js'
import { writeDurably } from '../../src/store/write-durably.js'

t.test('bytes, mode and stamp are those of the file that is left', async t => {
  const path = `${t.testdir({})}/new/a.json`
  await writeDurably(path, Buffer.from('one'))
  const stamp = await writeDurably(path, Buffer.from('two'))
  const stats = statSync(path)
  t.equal(readFileSync(path, 'utf8'), 'two')
  t.equal(stats.mode & 0o777, 0o644)
  t.same(stamp, { ino: stats.ino, mtimeMs: stats.mtimeMs, size: 3 })
})

t.test('writes of one file one upon the other end with the last, and leave nothing beside it', async t => {
  const folder = t.testdir({})
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => writeDurably(`${folder}/${i % 4}.json`, Buffer.from(`${i}`))),
  )
  t.same(readdirSync(folder).sort(), ['0.json', '1.json', '2.json', '3.json'])
})

const prlimitMissing = spawnSync('prlimit', ['--version']).error !== undefined && 'prlimit is not installed'

t.test('a short write on a full disk never installs a truncated file', { skip: prlimitMissing }, async t => {
  const folder = t.testdir({ 'a.json': 'old' })
  const module = new URL('../../src/store/write-durably.js', import.meta.url).href
  // The child may write no file longer than 5,000 bytes: the kernel cuts the write there, as a full disk does.
  const program = `
    import { writeDurably } from ${JSON.stringify(module)}
    process.on('SIGXFSZ', () => {})
    for (const size of [5001, 8192, 70000])
      await writeDurably('a.json', Buffer.alloc(size, 'n')).catch(error => console.log(error.code, error.message))`
  const limited = ['-i', `PATH=${process.env['PATH']}`, 'prlimit', '--fsize=5000', process.execPath]
  const told = execFileSync('env', [...limited, '--input-type=module', '-e', program], {
    cwd: folder,
    encoding: 'utf8',
  })
  t.equal(told.match(/write_failed Writing a.json failed: EFBIG.*The result is unknown/g)?.length, 3)
  t.equal(readFileSync(`${folder}/a.json`, 'utf8'), 'old')
  t.same(readdirSync(folder), ['a.json'])
})

t.test('nothing, and a link that leads elsewhere, are refused', async t => {
  const folder = t.testdir({ secret: 'keep' })
  symlinkSync(`${folder}/secret`, `${folder}/a.json`)
  await t.rejects(writeDurably(`${folder}/b.json`, Buffer.alloc(0)), { code: 'write_failed' })
  await t.rejects(writeDurably(`${folder}/a.json`, Buffer.from('x')), { message: /it is a symbolic link/ })
  t.equal(readFileSync(`${folder}/secret`, 'utf8'), 'keep')
})

t.test('state files are for our user alone, and a torn one is a clear fault', async t => {
  const folder = t.testdir({ torn: '{"a":' })
  t.equal(await readStateFile(`${folder}/none`, String), null)
  await writeStateFile(`${folder}/run.json`, { a: 1 })
  t.same(await readStateFile(`${folder}/run.json`, value => value), { a: 1 })
  t.equal(statSync(`${folder}/run.json`).mode & 0o777, 0o600)
  await t.rejects(readStateFile(`${folder}/torn`, String), { message: /torn:1: the file is not JSON/ })
})
