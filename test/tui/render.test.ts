// Golden pictures of the Overview and an open task. GOLDEN=write writes them anew; look at them before you commit.

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { newTask } from '../../src/core/model/task.js'
import type { View } from '../../src/tui/model.js'
import { frameText, style } from '../../src/tui/view/frame.js'
import { tierFor } from '../../src/tui/view/layout.js'
import { render } from '../../src/tui/view/render.js'
import { ago, pressed, sampleAt, sampleRows, sampleStatus, sampleView, taskRow, told } from './rig/sample.js'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../test/tui/golden')

function looksLike(name: string, view: View): void {
  const seen = `${frameText(render(view))}\n`
  const file = join(folder, `${name}.txt`)
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, seen)
  t.equal(seen, readFileSync(file, 'utf8'), name)
}

looksLike('overview-160x45', pressed(sampleView(160, 45), 'j j space'))
looksLike('overview-80x24', sampleView(80, 24))
looksLike('overview-40x10', pressed(sampleView(40, 10), 'j j'))
looksLike('overview-ascii-120x30', sampleView(120, 30, { charset: 'ascii' }))
looksLike('too-small-39x9', sampleView(39, 9))
looksLike('confirm-60x12', pressed(sampleView(60, 12), 'j space j space r'))
looksLike('demo-quit-80x24', pressed(sampleView(80, 24, { mode: 'demo' }), 'q'))
looksLike('task-100x30', pressed(sampleView(100, 30), 'j j j enter'))

t.test('an open task shows its attempts with outcome and reason', async t => {
  const row = sampleRows[2]
  if (row === undefined) throw new Error('The sample has three rows.')
  const attempt = {
    n: 1,
    phase: 'gates',
    seat: 'codex-1',
    executor: 'codex',
    mark: 'm',
    epoch: 1,
    startedAt: ago(600_000),
    endedAt: ago(358_000),
    outcome: 'gate',
    spent: true,
    reason: 'tests are red: 3 of 18 failed',
  } as const
  const task = newTask(
    { id: row.id, title: row.title, description: 'one\ntwo', dependencies: ['E1-T1'], attempts: [attempt] },
    sampleAt,
  )
  const detail = { schema: 'jetpack.task-detail/1', task, row, dependents: ['E1-T7'] } as const
  const view = told(pressed(sampleView(100, 30), 'j j j enter'), [
    { kind: 'detailLoaded', detail, asOf: 0, at: sampleAt },
  ])
  const text = frameText(render(view))
  t.match(text, /^ one\n two\n needs E1-T1 {3}unlocks E1-T7$/m)
  t.match(text, /#1 \d\d:\d\d:\d\d codex-1 4m02s gate {2}tests are red: 3 of 18 failed/)
})

t.test('a simulation says so at every size', async t => {
  const simulated = sampleStatus({ simulated: true, seq: 99 })
  for (const [columns, rows] of [
    [160, 45],
    [80, 24],
    [40, 10],
  ] as const) {
    const view = told(sampleView(columns, rows), [{ kind: 'statusLoaded', status: simulated, at: sampleAt }])
    t.match(frameText(render(view)), 'simulation')
  }
})

t.test('a link that is down shows for how long', async t => {
  const since = sampleAt - 12_000
  const view = told(sampleView(80, 24), [{ kind: 'link', state: 'down', since, at: sampleAt }])
  t.match(frameText(render(view)), 'link down 12s')
})

t.test('the end of the run stands in the message line and the rows stay', async t => {
  const running = sampleStatus().run
  if (running === null) throw new Error('The sample has a run.')
  const run = {
    ...running,
    state: 'ended',
    end: 'nothing_runnable',
    endedAt: '2026-11-22T22:41:00.000Z',
  } as const
  const status = sampleStatus({ run, seq: 99 })
  const text = frameText(render(told(sampleView(80, 24), [{ kind: 'statusLoaded', status, at: sampleAt }])))
  t.match(text, 'The run has ended: nothing_runnable, 1 of 7 completed. q leaves.')
  t.match(text, 'E1-T9')
})

t.test('the selected row is marked by a sign and by inverse on its whole width', async t => {
  const frame = render(pressed(sampleView(80, 24), 'j'))
  const row = frame.rows[4]
  t.match(row?.chars.join(''), '▌  E1-T9')
  t.ok(row?.styles.slice(1, 79).every(drawn => (drawn & style.inverse) !== 0))
  t.notOk(
    row?.styles.some((drawn, x) => (x === 0 || x === 79) && drawn & style.inverse),
    'not the border',
  )
})

t.test('every frame has the size of its view, at any size and with any dialog open', async t => {
  const all = [taskRow('E1-T1', { title: '界'.repeat(300), why: '界'.repeat(99) }), taskRow('E1-T2')]
  for (let columns = 20; columns <= 200; columns += 7)
    for (const rows of [5, 10, 19, 20, 33, 60])
      for (const keys of ['j', 'j enter', 'j ?', 'j a', '* r', 'j p']) {
        const frame = render(pressed(sampleView(columns, rows, { all }), keys))
        const wrong = frame.rows.filter(row => row.chars.length !== columns || row.styles.length !== columns)
        if (frame.rows.length !== rows || wrong.length > 0) t.fail(`${columns}x${rows} ${keys}`)
      }
})

t.test('a window dragged about a border keeps its tier for four columns', async t => {
  t.equal(tierFor({ columns: 120, rows: 30 }, null), 'wide')
  t.equal(tierFor({ columns: 117, rows: 30 }, 'wide'), 'wide')
  t.equal(tierFor({ columns: 115, rows: 30 }, 'wide'), 'medium')
  t.equal(tierFor({ columns: 119, rows: 30 }, 'medium'), 'medium')
  t.equal(tierFor({ columns: 75, rows: 30 }, 'medium'), 'small')
  t.equal(tierFor({ columns: 120, rows: 19 }, 'wide'), 'small')
})
