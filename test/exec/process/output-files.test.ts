import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import t from 'tap'
import { lastActivity } from '../../../src/exec/process/activity.js'
import { capLog } from '../../../src/exec/process/cap-log.js'
import { lastLines, readLogChunk } from '../../../src/exec/process/tail.js'

t.test('a log is read piece by piece without losing or doubling a byte', async t => {
  const file = `${t.testdir({})}/log`
  const text = 'naïve 🙂 текст\n'.repeat(50)
  writeFileSync(file, text)
  let read = ''
  for (let from = 0; from < Buffer.byteLength(text); ) {
    const piece = await readLogChunk(file, from, 7)
    t.equal(piece.from, from)
    read += piece.text
    from = piece.next
  }
  t.equal(read, text)
})

t.test('a character that is still being written is left for the next piece', async t => {
  const file = `${t.testdir({})}/log`
  writeFileSync(file, Buffer.from('ab🙂').subarray(0, 4))
  t.match(await readLogChunk(file, 0, 100), { text: 'ab', next: 2, size: 4 })
  t.match(await readLogChunk(file, 2, 100), { text: '', next: 2 })
  appendFileSync(file, Buffer.from('🙂').subarray(2))
  t.match(await readLogChunk(file, 2, 100), { text: '🙂', next: 6 })
})

t.test('binary output never stops a reader', async t => {
  const file = `${t.testdir({})}/log`
  writeFileSync(file, Buffer.alloc(1000, 0x80))
  const { next, text } = await readLogChunk(file, 0, 100)
  t.equal(next, 100)
  t.equal(text, '\ufffd'.repeat(100))
})

t.test('offsets count from the end when negative, and one beyond the end reads nothing', async t => {
  const file = `${t.testdir({})}/log`
  writeFileSync(file, 'one\ntwo\nthree\n')
  t.match(await readLogChunk(file, -6, 100), { text: 'three\n', from: 8, next: 14 })
  t.match(await readLogChunk(file, -600, 4), { text: 'one\n', from: 0, next: 4 })
  t.match(await readLogChunk(file, 99, 100), { text: '', from: 14, next: 14 })
  t.match(await readLogChunk(`${file}-missing`, 5, 100), { text: '', next: 0, size: 0 })
})

t.test('the end of one endless line of 50 MB is read without reading the line', async t => {
  const file = `${t.testdir({})}/log`
  const fd = openSync(file, 'w')
  ftruncateSync(fd, 50 * 1024 * 1024)
  writeSync(fd, 'the end', 50 * 1024 * 1024)
  closeSync(fd)
  const before = process.memoryUsage().arrayBuffers
  const text = await lastLines(file, 3, 1000)
  t.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
  t.equal(text.length, 1000)
  t.match(text, /the end$/)
})

t.test('last lines are whole ones', async t => {
  const file = `${t.testdir({})}/log`
  writeFileSync(file, 'first line\nsecond line\r\nthird line\n')
  t.equal(await lastLines(file, 2, 1000), 'second line\nthird line')
  t.equal(await lastLines(file, 9, 26), 'second line\nthird line')
  t.equal(await lastLines(`${file}-missing`, 2, 1000), '')
})

t.test('a capped log keeps its beginning and its end and tells how much is missing', async t => {
  const file = `${t.testdir({})}/log`
  // The agent's own descriptor: it must go on working after the cut.
  const agent = openSync(file, 'a')
  t.teardown(() => closeSync(agent))
  const write = (from: number, to: number) => {
    for (let i = from; i < to; i += 1) writeSync(agent, `{"line":${i}}\n`)
  }
  write(0, 1000)
  t.equal(await capLog(file, 20_000), 0, 'within the limit')
  write(1000, 5000)
  const whole = readFileSync(file).length
  const cut = await capLog(file, 20_000)
  const kept = readFileSync(file, 'utf8').split('\n')
  t.equal(kept[0], '{"line":0}')
  t.equal(kept.at(-2), '{"line":4999}')
  const marker = kept.findIndex(line => line.includes('jetpackCut'))
  t.strictSame(JSON.parse(kept[marker] ?? ''), { jetpackCut: { bytes: cut } })
  t.equal(readFileSync(file).length - (kept[marker] ?? '').length - 1 + cut, whole)
  t.ok(statSync(file).size <= 10_100)

  write(5000, 10_000)
  const again = await capLog(file, 20_000)
  const after = readFileSync(file, 'utf8').split('\n')
  t.strictSame(after.slice(0, marker), kept.slice(0, marker), 'the beginning stays')
  t.strictSame(JSON.parse(after[marker] ?? ''), { jetpackCut: { bytes: cut + again } })
  t.equal(after.filter(line => line.includes('jetpackCut')).length, 1)
  t.ok(
    after.filter(line => line !== '').every(line => JSON.parse(line)),
    'every line is whole',
  )
})

t.test('an endless line is capped too', async t => {
  const file = `${t.testdir({})}/log`
  writeFileSync(file, 'x'.repeat(100_000))
  t.equal(await capLog(file, 20_000), 90_000)
  t.match(readFileSync(file, 'utf8'), /^x{5000}\n\{"jetpackCut":\{"bytes":90000\}\}\nx{5000}$/)
})

t.test('activity changes exactly when the agent writes', async t => {
  const folder = t.testdir({ 'out.jsonl': 'a' })
  const before = await lastActivity(folder)
  t.equal(await lastActivity(folder), before)
  appendFileSync(`${folder}/err.log`, '!')
  t.not(await lastActivity(folder), before)
})
