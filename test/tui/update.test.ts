// The viewer's rules as pure steps: keys and news in, the next view and what to do out.

import t from 'tap'
import type { TaskPage, TaskRow } from '../../src/core/wire/views.js'
import type { View } from '../../src/tui/model.js'
import { needsOf } from '../../src/tui/needs.js'
import { selectedLine, shownRows } from '../../src/tui/update/table.js'
import { update } from '../../src/tui/update.js'
import {
  keyOf,
  pressed,
  sampleAt,
  sampleRows,
  sampleStatus,
  sampleView,
  taskRow,
  told,
} from './rig/sample.js'

function selectedId(view: View): string | null {
  return view.selection.kind === 'row' ? view.selection.row.id : null
}

function pageOf(rows: readonly TaskRow[], offset = 0): TaskPage {
  return {
    schema: 'jetpack.tasks/1',
    total: rows.length,
    matching: rows.length,
    offset,
    rows: rows.slice(offset),
  }
}

function reloaded(view: View, rows: readonly TaskRow[]): View {
  return told(view, [{ kind: 'rowsLoaded', page: pageOf(rows), asOf: view.changes, at: sampleAt }])
}

function commandsAfter(view: View, name: string) {
  return update(view, { kind: 'key', key: keyOf(name), at: view.at + 1000 }).commands
}

t.test('nothing is selected until a key chooses', async t => {
  t.equal(selectedId(sampleView(80, 24)), null)
  t.equal(selectedId(pressed(sampleView(80, 24), 'j')), 'E1-T9')
  t.equal(selectedId(pressed(sampleView(80, 24), 'j j k k k')), 'E1-T9')
  t.equal(selectedId(pressed(sampleView(80, 24), 'G')), 'E1-T1')
  t.equal(selectedId(pressed(sampleView(80, 24), 'j escape')), null)
})

t.test('acting keys without a selection do nothing but say so', async t => {
  for (const name of ['r', 'a', 'x', 'space']) {
    const { view, commands } = update(sampleView(80, 24), { kind: 'key', key: keyOf(name), at: sampleAt })
    t.same(commands, [])
    t.equal(view.dialog, null)
    t.match(view.notice?.text, 'No task is selected')
  }
})

t.test('the selection follows its id when the order changes', async t => {
  const view = pressed(sampleView(80, 24), 'j j j')
  const moved = reloaded(view, [...sampleRows].reverse())
  t.equal(selectedId(moved), 'E1-T2')
  t.equal(shownRows(moved)[selectedLine(moved) ?? -1]?.id, 'E1-T2')
})

t.test('in a long list the selected row keeps its line on the screen when others pass it', async t => {
  const all = Array.from({ length: 100 }, (_, i) => taskRow(`T${i}`))
  const view = pressed(sampleView(80, 24, { all }), `${'j '.repeat(30)}k`)
  const line = selectedLine(view)
  const moved = reloaded(view, [taskRow('N1'), taskRow('N2'), ...all])
  t.equal(selectedId(moved), 'T28')
  t.equal(selectedLine(moved), line)
})

t.test('a selected task that has left the fetched part stays where it is', async t => {
  const view = pressed(sampleView(80, 24), 'j j')
  const page = { ...pageOf(sampleRows.filter(row => row.id !== 'E1-T4')), matching: 900 }
  const moved = told(view, [{ kind: 'rowsLoaded', page, asOf: 1, at: sampleAt }])
  t.equal(selectedId(moved), 'E1-T4')
  t.equal(selectedLine(moved), 1)
  t.equal(selectedId(pressed(moved, 'j')), 'E1-T2', 'the next one on is the one below it')
  t.equal(selectedId(pressed(moved, 'k')), 'E1-T9')
})

t.test('a row that is not fetched yet is sought and then selected', async t => {
  const all = Array.from({ length: 1000 }, (_, i) => taskRow(`T${i}`))
  const first = { ...pageOf(all), rows: all.slice(0, 30) }
  const view = told(sampleView(80, 24), [{ kind: 'rowsLoaded', page: first, asOf: 0, at: sampleAt }])
  const sought = pressed(view, 'G')
  t.same(sought.selection, { kind: 'seek', index: 999 })
  const need = needsOf(sought).find(one => one.kind === 'rows')
  if (need?.kind !== 'rows') throw new Error('No rows are asked for.')
  t.equal(need.dueAt, 0)
  t.ok(need.query.count < 100, 'only about the visible part')
  const { offset, count } = need.query
  const page = { ...pageOf(all), offset, rows: all.slice(offset, offset + count) }
  t.equal(selectedId(told(sought, [{ kind: 'rowsLoaded', page, asOf: 0, at: sampleAt }])), 'T999')
})

t.test('r retries one task at once and several after a question that starts on Cancel', async t => {
  t.same(commandsAfter(pressed(sampleView(80, 24), 'j j'), 'r'), [
    { kind: 'send', command: { name: 'retry', args: { ids: ['E1-T4'] } } },
  ])
  const asked = pressed(sampleView(80, 24), 'j space j space r')
  t.match(asked.dialog, { kind: 'question', focus: 0, buttons: [{ label: 'Cancel' }, { label: 'Retry' }] })
  t.same(commandsAfter(asked, 'enter'), [], 'enter on Cancel')
  const sent = [{ kind: 'send', command: { name: 'retry', args: { ids: ['E1-T9', 'E1-T4'] } } }]
  t.same(commandsAfter(asked, 'y'), sent)
  t.same(commandsAfter(pressed(asked, 'tab'), 'enter'), sent)
  for (const name of ['n', 'escape', 'q']) t.equal(pressed(asked, name).dialog, null)
  for (const name of ['j', 'r', 'x', 'z', 'space']) t.same(pressed(asked, name).dialog, asked.dialog)
})

t.test('a dialog is deaf for its first 200 ms, but ctrl-c is heard', async t => {
  const asked = pressed(sampleView(80, 24), 'j j j x')
  t.equal(asked.dialog?.kind, 'question')
  const early = update(asked, { kind: 'key', key: keyOf('y'), at: asked.at + 199 })
  t.same(early.commands, [])
  t.same(early.view.dialog, asked.dialog)
  const heard = update(asked, { kind: 'key', key: keyOf('y'), at: asked.at + 200 })
  t.match(heard.commands, [{ command: { name: 'kill', args: { ids: ['E1-T2'] } } }])
  const left = update(asked, { kind: 'key', key: keyOf('ctrl-c'), at: asked.at })
  t.match(left.commands, [{ kind: 'exit', exit: { kind: 'left' } }])
})

t.test('x asks only about tasks that run', async t => {
  const view = pressed(sampleView(80, 24), 'j x')
  t.equal(view.dialog, null)
  t.match(view.notice?.text, 'E1-T9 has no running attempt.')
})

t.test('a reassigns to the seat or executor that is picked', async t => {
  const picker = pressed(sampleView(80, 24), 'j j a')
  const [command] = commandsAfter(pressed(picker, 'j'), 'enter')
  t.match(command, { command: { name: 'reassign', args: { ids: ['E1-T4'], to: 'codex-1' } } })
  const [any] = commandsAfter(pressed(picker, 'G'), 'enter')
  t.match(any, { command: { name: 'reassign', args: { to: 'sim' } } })
})

t.test('p asks before it pauses and resumes at once', async t => {
  const asked = pressed(sampleView(80, 24), 'p')
  t.equal(asked.dialog?.kind, 'question')
  t.match(commandsAfter(asked, 'y'), [{ command: { name: 'pause' } }])
  const run = sampleStatus().run
  const paused = sampleStatus({ run: run === null ? null : { ...run, paused: true }, seq: 99 })
  const view = told(sampleView(80, 24), [{ kind: 'statusLoaded', status: paused, at: sampleAt }])
  t.match(commandsAfter(view, 'p'), [{ command: { name: 'resume' } }])
})

t.test('q closes the innermost thing first, leaves the viewer, and in a demo asks', async t => {
  const opened = pressed(sampleView(80, 24), 'j enter')
  t.equal(pressed(opened, 'q').open, null)
  t.match(commandsAfter(sampleView(80, 24), 'q'), [{ kind: 'exit', exit: { kind: 'left' } }])
  const demo = pressed(sampleView(80, 24, { mode: 'demo' }), 'q')
  t.match(demo.dialog, { focus: 0, buttons: [{ label: 'Cancel' }, { label: 'Leave' }, { label: 'Stop' }] })
  t.match(commandsAfter(demo, 's'), [{ exit: { kind: 'stopped' }, first: { name: 'stop' } }])
  const run = sampleStatus().run
  const ended = sampleStatus({ run: run === null ? null : { ...run, state: 'ended' }, seq: 99 })
  const over = told(sampleView(80, 24, { mode: 'demo' }), [
    { kind: 'statusLoaded', status: ended, at: sampleAt },
  ])
  t.match(commandsAfter(over, 'q'), [{ kind: 'exit', exit: { kind: 'ended' } }])
})

t.test('with nothing selected the log stays with one attempt until it ends', async t => {
  const view = sampleView(80, 24)
  t.same(view.log.target, { task: 'E1-T5', attempt: 1 }, 'the one that started last')
  const seats = sampleStatus().seats.map(seat =>
    seat.name === 'sim-1' ? { ...seat, state: 'busy' as const, task: 'E1-T6', attempt: 1, since: 'Z' } : seat,
  )
  const more = told(view, [{ kind: 'statusLoaded', status: sampleStatus({ seats, seq: 50 }), at: sampleAt }])
  t.same(more.log.target, { task: 'E1-T5', attempt: 1 })
  const freed = seats.map(seat =>
    seat.task === 'E1-T5' ? { ...seat, state: 'idle' as const, task: null } : seat,
  )
  const next = told(more, [
    { kind: 'statusLoaded', status: sampleStatus({ seats: freed, seq: 51 }), at: sampleAt },
  ])
  t.same(next.log.target, { task: 'E1-T6', attempt: 1 })
})

t.test('a status that was overtaken on its way is dropped, but not one of a new orchestrator', async t => {
  const view = told(sampleView(80, 24), [
    { kind: 'statusLoaded', status: sampleStatus({ seq: 39, needsYou: 9 }), at: sampleAt },
  ])
  t.equal(view.status?.needsYou, 1)
  const next = told(view, [
    { kind: 'event', event: { kind: 'hello', epoch: 4, seq: 1 }, at: sampleAt },
    { kind: 'statusLoaded', status: sampleStatus({ epoch: 4, seq: 1, needsYou: 9 }), at: sampleAt },
  ])
  t.equal(next.status?.needsYou, 9)
})

t.test('a log in pieces reads as a whole, and a flood is skipped over', async t => {
  const target = { task: 'E1-T5', attempt: 1 }
  const base = { schema: 'jetpack.log/1', task: 'E1-T5', attempt: 1, open: true } as const
  const view = sampleView(80, 24)
  const more = told(view, [
    {
      kind: 'logLoaded',
      target,
      chunk: { ...base, from: 60, next: 70, size: 70, text: ' went\r' },
      at: sampleAt,
    },
    {
      kind: 'logLoaded',
      target,
      chunk: { ...base, from: 70, next: 80, size: 80, text: '\nwell\n' },
      at: sampleAt,
    },
  ])
  t.same(more.log.lines, ['edit src/gauge.ts +41 -12', 'ok   18 passed', 'running lint went', 'well'])
  const late = told(more, [
    {
      kind: 'logLoaded',
      target,
      chunk: { ...base, from: 60, next: 70, size: 70, text: 'late' },
      at: sampleAt,
    },
  ])
  t.equal(late.log, more.log, 'a piece that was read already is dropped')
  const flood = told(more, [
    {
      kind: 'logLoaded',
      target,
      chunk: { ...base, from: 80, next: 90, size: 9_000_000, text: 'x' },
      at: sampleAt,
    },
  ])
  t.match(flood.log.lines.at(-1), 'KiB skipped')
  t.match(
    needsOf(flood).find(one => one.kind === 'log'),
    { from: -16_384 },
  )
})

t.test('nothing is fetched while the link is down, and all of it afterwards', async t => {
  const down = told(sampleView(80, 24), [{ kind: 'link', state: 'down', since: sampleAt, at: sampleAt }])
  t.same(needsOf(down), [])
  const up = told(down, [{ kind: 'link', state: 'up', since: sampleAt, at: sampleAt }])
  t.same(
    needsOf(up).map(need => need.kind),
    ['status', 'rows', 'log'],
  )
})
