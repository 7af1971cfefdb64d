// The whole viewer on a terminal emulator, with an engine in memory.

import { once } from 'node:events'
import type xterm from '@xterm/headless'
import t from 'tap'
import type { JetpackError } from '../../src/core/fault.js'
import { runTui } from '../../src/tui/program.js'
import { FakeHost, FakeInput, type Opened, openTui } from './rig/fake-terminal.js'
import { MemoryEngine } from './rig/memory-engine.js'
import { sampleRows, sampleStatus, taskRow } from './rig/sample.js'

function cellsOf(opened: Opened, y: number): xterm.IBufferCell[] {
  const line = opened.terminal.buffer.active.getLine(y)
  return Array.from({ length: opened.terminal.cols }, (_, x) => {
    const cell = line?.getCell(x)
    if (cell === undefined) throw new Error(`No cell ${x},${y}.`)
    return cell
  })
}

function highlighted(opened: Opened): string {
  for (let y = 3; y < opened.terminal.rows - 2; y += 1)
    if (cellsOf(opened, y)[2]?.isInverse()) return opened.line(y)
  return ''
}

/** As a shell would find the terminal afterwards. */
function isClean(opened: Opened): boolean {
  const { terminal, input, output } = opened
  const isCursorShown = output.written.lastIndexOf('\u001b[?25h') > output.written.lastIndexOf('\u001b[?25l')
  return (
    terminal.buffer.active.type === 'normal' &&
    isCursorShown &&
    !input.isRaw &&
    !terminal.modes.bracketedPasteMode &&
    terminal.modes.mouseTrackingMode === 'none'
  )
}

async function parsed(opened: Opened): Promise<void> {
  await new Promise<void>(resolve => opened.terminal.write('', resolve))
}

t.test('rows appear, j and k move the highlight, enter opens, esc goes back', async t => {
  const engine = new MemoryEngine()
  engine.logs.set('E1-T2', 'first line\nsecond line\n')
  await using opened = openTui(engine)
  await opened.shows(/E1-T9 +◆ block/)
  t.equal(opened.terminal.buffer.active.type, 'alternate')
  opened.type('jjj')
  await opened.shows(() => /E1-T2/.test(highlighted(opened)))
  opened.type('k')
  await opened.shows(() => /E1-T4/.test(highlighted(opened)))
  opened.type('j\r')
  await opened.shows(/what E1-T2 is about/)
  await opened.shows(/second line/)
  t.match(opened.text(), 'unlocks E9-T1')
  opened.type('\u001b')
  await opened.shows(/Tasks 3\/7/)
  t.same(opened.mischief, [])
})

t.test('r sends one retry with who asked, and its answer shows', async t => {
  const engine = new MemoryEngine()
  await using opened = openTui(engine)
  await opened.shows(/E1-T4/)
  opened.type('jjr')
  await opened.shows(/did retry/)
  t.same(engine.commands, [
    { command: { name: 'retry', args: { ids: ['E1-T4'] } }, by: 'tui:ada', requestId: 'request-1' },
  ])
})

t.test('a confirm focuses Cancel, and a paste does nothing', async t => {
  const engine = new MemoryEngine()
  let now = Date.now()
  await using opened = openTui(engine, {
    clock: {
      now: () => now,
      after(ms, act) {
        const timer = setTimeout(act, ms)
        return () => clearTimeout(timer)
      },
    },
  })
  await opened.shows(/E1-T2/)
  opened.type('jjjx')
  await opened.shows(/\[ Cancel \(n\) \]/)
  opened.type('y')
  now += 250
  opened.type('\r')
  await opened.shows(text => !text.includes('Cancel'))
  t.same(engine.commands, [], 'y came too early, enter was Cancel')
  opened.type('\u001b[200~rxyq\r\u0003\u001b[201~k')
  await opened.shows(() => /E1-T4/.test(highlighted(opened)))
  t.same(engine.commands, [], 'nothing of the paste acted')
})

t.test('q leaves and gives the terminal back', async t => {
  const opened = openTui(new MemoryEngine())
  await opened.shows(/E1-T9/)
  t.ok(opened.input.isRaw)
  t.ok(opened.terminal.modes.bracketedPasteMode)
  opened.type('q')
  t.same(await opened.exit, { kind: 'left' })
  await parsed(opened)
  t.ok(isClean(opened))
  t.same(opened.host.eventNames(), [], 'no handler is left on the process')
})

t.test('ctrl-c leaves at once from a dialog', async t => {
  const opened = openTui(new MemoryEngine(), { mode: 'demo' })
  await opened.shows(/E1-T9/)
  opened.type('q')
  await opened.shows(/Leave the demo or stop it/)
  opened.type('\u0003')
  t.same(await opened.exit, { kind: 'left' })
  await parsed(opened)
  t.ok(isClean(opened))
})

t.test('stopping the demo sends the stop before it leaves', async t => {
  const engine = new MemoryEngine()
  let now = Date.now()
  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  }
  const opened = openTui(engine, { mode: 'demo', clock: { now: () => now, after } })
  await opened.shows(/E1-T9/)
  opened.type('q')
  await opened.shows(/Leave the demo or stop it/)
  now += 250
  opened.type('s')
  t.same(await opened.exit, { kind: 'stopped' })
  t.match(engine.commands, [{ command: { name: 'stop', args: { now: true } } }])
})

t.test('signals and uncaught faults give the terminal back before the process ends', async t => {
  for (const [event, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
    ['uncaughtException', 70],
    ['unhandledRejection', 70],
  ] as const) {
    await using opened = openTui(new MemoryEngine())
    await opened.shows(/E1-T9/)
    opened.host.emit(event, new Error('planted'))
    t.same(opened.host.exits, [code], event)
    await parsed(opened)
    t.ok(isClean(opened), event)
    if (code === 70) t.match(opened.host.complaints, 'planted')
  }
})

t.test('a terminal that hangs up ends the viewer', async t => {
  const broken = openTui(new MemoryEngine())
  await broken.shows(/E1-T9/)
  broken.output.error = Object.assign(new Error('write EIO'), { code: 'EIO' })
  broken.type('j')
  t.same(await broken.exit, { kind: 'gone' })
  const closed = openTui(new MemoryEngine())
  await closed.shows(/E1-T9/)
  closed.input.end()
  t.same(await closed.exit, { kind: 'gone' })
})

t.test('a stalled terminal gets no frames meanwhile and the newest one afterwards', async t => {
  const engine = new MemoryEngine()
  await using opened = openTui(engine)
  await opened.shows(/E1-T6 +◌ ready/)
  opened.output.isStalled = true
  opened.type('j')
  // The one frame that the terminal did not take; what follows must not queue behind it.
  if (opened.output.writableLength === 0) await once(opened.output, 'held')
  const held = opened.output.writableLength
  for (let i = 0; i < 50; i += 1) opened.type('j')
  engine.change([taskRow('E1-T6', { status: 'completed' })])
  const asked = engine.fetches
  while (engine.fetches === asked) await new Promise(setImmediate)
  t.equal(opened.output.writableLength, held, 'nothing more was written')
  opened.output.resume()
  await opened.shows(/E1-T6 +✓ done/)
  t.match(highlighted(opened), 'E1-T1')
})

t.test('a new size is taken over, however often it changes', async t => {
  await using opened = openTui(new MemoryEngine(), { columns: 160, rows: 45 })
  await opened.shows(/Seats 2\/3/)
  for (let columns = 150; columns > 60; columns -= 10) opened.resize(columns, 24)
  opened.resize(80, 24)
  await opened.shows(text => /┌─ Tasks 7 ─+┐$/m.test(text) && !text.includes('Seats'))
  t.equal(opened.line(2).length, 80)
  opened.resize(30, 8)
  await opened.shows(/needs 40x10/)
  opened.resize(120, 30)
  await opened.shows(/Seats 2\/3/)
})

t.test('changes, announcements and a broken link show', async t => {
  const engine = new MemoryEngine()
  await using opened = openTui(engine)
  await opened.shows(/E1-T6 +◌ ready/)
  engine.change([taskRow('E1-T6', { status: 'in_progress', phase: 'agent', attempts: 1, seat: 'sim-1' })])
  await opened.shows(/E1-T6 +● run .*sim-1/)
  engine.announce('provider anthropic pauses until 23:00')
  await opened.shows(/provider anthropic pauses/)
  engine.drop()
  await opened.shows(/link down/)
  const text = await opened.shows(seen => !seen.includes('link down'))
  t.match(text, /E1-T6 +● run/)
})

t.test('after the end of the run the screen stays and q leaves as ended', async t => {
  const engine = new MemoryEngine()
  const opened = openTui(engine, { mode: 'demo' })
  await opened.shows(/E1-T9/)
  const { run } = sampleStatus()
  if (run === null) throw new Error('The sample has a run.')
  engine.change([], { run: { ...run, state: 'ended', end: 'all_tasks_complete' } })
  await opened.shows(/The run has ended: all_tasks_complete/)
  t.match(opened.text(), 'E1-T9')
  opened.type('q')
  t.same(await opened.exit, { kind: 'ended' })
})

t.test('NO_COLOR leaves no coloured cell, and the highlight still shows', async t => {
  await using opened = openTui(new MemoryEngine(), {
    env: { term: 'xterm-256color', lang: 'C.UTF-8', noColor: true, ascii: false },
  })
  await opened.shows(/E1-T9/)
  opened.type('j')
  await opened.shows(() => /E1-T9/.test(highlighted(opened)))
  const cells = Array.from({ length: 30 }, (_, y) => cellsOf(opened, y)).flat()
  t.notOk(cells.some(cell => !cell.isFgDefault() || !cell.isBgDefault()))
  t.ok(cells.some(cell => cell.isBold()))
})

t.test('a terminal without UTF-8, or the Linux console, gets ASCII alone', async t => {
  for (const env of [
    { term: 'screen-256color', lang: 'POSIX', noColor: false, ascii: false },
    { term: 'linux', lang: 'en_US.UTF-8', noColor: false, ascii: false },
    { term: 'tmux-256color', lang: 'en_US.UTF-8', noColor: false, ascii: true },
  ]) {
    await using opened = openTui(new MemoryEngine(), { env })
    const text = await opened.shows(/E1-T9 +\? block/)
    t.match(text, /^[\n -~]*$/, env.term)
    t.match(text, /\+- Tasks 7/)
  }
})

t.test('a list of 100,000 is fetched by what is on the screen', async t => {
  const rows = Array.from({ length: 100_000 }, (_, i) => taskRow(`T${i}`))
  const engine = new MemoryEngine(rows)
  await using opened = openTui(engine)
  await opened.shows(/T0 /)
  opened.type('G')
  await opened.shows(/T99999 /)
  opened.type('g')
  await opened.shows(() => /T0 /.test(highlighted(opened)))
  t.ok(engine.queries.every(query => query.count < 100))
})

t.test('a dumb terminal is refused with a hint', async t => {
  const given = {
    engine: new MemoryEngine(sampleRows),
    input: new FakeInput(),
    host: new FakeHost(),
    signal: new AbortController().signal,
    mode: 'attach',
    user: 'ada',
    env: { term: 'dumb', lang: 'C', noColor: false, ascii: false },
  } as const
  const output = Object.assign(new FakeInput(), { columns: 80, rows: 24 })
  await t.rejects(runTui({ ...given, output }), { code: 'usage' } satisfies Partial<JetpackError>)
})
