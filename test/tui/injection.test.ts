// Hostile text of agents and tasks: in an emulator that honours every control, it changes nothing but its own
// cells, and nothing is answered, titled or put on a clipboard.

import { EventEmitter } from 'node:events'
import xterm from '@xterm/headless'
import fc from 'fast-check'
import t from 'tap'
import { systemClock } from '../../src/tui/io/clock.js'
import { openTerminal, type Terminal } from '../../src/tui/io/terminal.js'
import type { View } from '../../src/tui/model.js'
import { OutputFilter } from '../../src/tui/screen/output-filter.js'
import { cellsOf, widthOf } from '../../src/tui/text/cells.js'
import { maxLineLength, sanitize } from '../../src/tui/text/sanitize.js'
import { type Frame, frameText } from '../../src/tui/view/frame.js'
import { render } from '../../src/tui/view/render.js'
import { FakeInput, FakeOutput } from './rig/fake-terminal.js'
import { pressed, sampleAt, sampleRows, sampleStatus, sampleView, told } from './rig/sample.js'

const weapons = [
  '\x1b[2J',
  '\x1b[H',
  '\x1b]0;owned\x07',
  '\x1b]52;c;aGk=\x07',
  '\x1b]52;c;aGk=\x1b\\',
  '\x9b2J',
  '\x9d0;owned\x9c',
  '\x9d52;c;aGk=\x07',
  '\x1bP1$r0m\x1b\\',
  '\x1b[6n',
  '\x9b5n',
  '\x1b[c',
  '\x1b[?1000h',
  '\x1b[31;8m',
  '\x1b[',
  '\x1b]',
  '\x1b',
  '\x07',
  '\x0e',
  '\r',
  '\n',
  '\t',
  '\b',
  '{red-bg}',
  '{center}{/}',
  '{|}',
  '\u202e',
  '\u200d',
  '\ufe0f',
  '👩‍💻',
  '✅',
  '🇩🇪',
  '界',
  '한',
  'e\u0301',
  'z\u0300\u0301\u0302\u0303\u0304',
  'क्षि',
  '\ud800',
  ' ',
  'plain words',
] as const

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...weapons), fc.string({ unit: 'binary', maxLength: 6 })), {
    maxLength: 12,
  })
  .map(parts => parts.join(''))

function attacked(text: string): View {
  const all = sampleRows.map((row, i) => (i === 2 ? { ...row, title: text, why: text, seat: text } : row))
  const chunk = {
    schema: 'jetpack.log/1',
    task: 'E1-T2',
    attempt: 1,
    from: 0,
    next: 1,
    size: 1,
    text: `${text}\n${text}`,
    open: true,
  } as const
  const { seats, run } = sampleStatus()
  const status = sampleStatus({
    seats: seats.map((seat, i) => (i === 1 ? { ...seat, name: text, why: text } : seat)),
    run: run === null ? null : { ...run, id: text },
    seq: 99,
  })
  return told(pressed(sampleView(120, 30, { all }), 'j j j'), [
    { kind: 'statusLoaded', status, at: sampleAt },
    { kind: 'logLoaded', target: { task: 'E1-T2', attempt: 1 }, chunk, at: sampleAt },
    { kind: 'sendFailed', text, at: sampleAt },
  ])
}

function borderOf(frame: Frame): string {
  return frame.rows
    .map(row => row.chars.map(char => ('┌┐└┘│'.includes(char) && char !== '' ? char : ' ')).join(''))
    .join('\n')
}

async function shown(terminal: Terminal, emulator: xterm.Terminal, frame: Frame): Promise<string> {
  while (!terminal.paint(frame)) await new Promise<void>(resolve => emulator.write('', resolve))
  // blessed sends what it collected in one immediate.
  await new Promise(setImmediate)
  await new Promise<void>(resolve => emulator.write('', resolve))
  const lines = Array.from({ length: emulator.rows }, (_, y) =>
    emulator.buffer.active.getLine(y)?.translateToString(true),
  )
  return lines.map(line => line?.trimEnd()).join('\n')
}

t.test('the emulator shows the frame cell for cell, whatever the text', async t => {
  const emulator = new xterm.Terminal({ cols: 120, rows: 30, allowProposedApi: true, scrollback: 0 })
  const mischief: string[] = []
  emulator.onTitleChange(title => mischief.push(`title ${title}`))
  emulator.onData(reply => mischief.push(`reply ${reply}`))
  emulator.onBell(() => mischief.push('bell'))
  emulator.parser.registerOscHandler(52, data => mischief.push(`clipboard ${data}`) > 0)
  const nothing = () => {}
  await using terminal = openTerminal({
    input: new FakeInput(),
    output: new FakeOutput(emulator),
    recipe: { terminal: 'xterm-256color', charset: 'unicode', noColor: false },
    clock: systemClock,
    events: { input: nothing, resized: nothing, drained: nothing, gone: nothing, fault: nothing },
  })
  const peaceful = render(attacked('peace'))
  await fc.assert(
    fc.asyncProperty(hostile, async text => {
      const frame = render(attacked(text))
      const seen = await shown(terminal, emulator, frame)
      if (seen !== frameText(frame)) t.equal(seen, frameText(frame), JSON.stringify(text))
      if (borderOf(frame) !== borderOf(peaceful)) t.equal(frameText(frame), '', 'a border has moved')
      if (mischief.length > 0) t.same(mischief, [], JSON.stringify(text))
      return t.passing() && emulator.modes.mouseTrackingMode === 'none'
    }),
    { numRuns: 250 },
  )
})

t.test('sanitised text holds no control and is not longer than its limit', async t => {
  fc.assert(
    fc.property(hostile, text => {
      const clean = sanitize(text)
      t.notMatch(clean, /[\p{Cc}\p{Cf}\p{Cs}]/u)
      t.equal(sanitize(clean), clean, 'once is enough')
    }),
  )
  t.equal(sanitize('x'.repeat(20_000)).length, maxLineLength)
  t.equal(sanitize('a\x1b[31mb\x1b]0;t\x07c\x9b1md\te'), 'abcd    e')
})

t.test('every grapheme takes the cells that terminals agree on', async t => {
  const widths = (text: string) => cellsOf(text, 'unicode').map(cell => `${cell.text}${cell.width}`)
  t.same(widths('a界é'), ['a1', '界2', 'é1'])
  t.same(widths('👩‍💻'), ['□1', '□1'])
  t.same(widths('✅⚠\ufe0f🇩🇪'), ['✓1', '⚠1', '□1'])
  t.equal(widthOf('naïve – “q” 界', 'ascii'), 'naive - "q" ?'.length)
})

t.test('the filter lets no string sequence and no C1 control through', async t => {
  let written = ''
  const output = Object.assign(new EventEmitter(), {
    writableLength: 0,
    write: (text: string, done: () => void) => {
      written += text
      done()
      return true
    },
  })
  const nothing = () => {}
  const filter = new OutputFilter(output, false, { drained: nothing, gone: nothing, fault: nothing })
  filter.write('\x1b]0;t\x07a\x1bP1\x1b\\b\x9b2Jc\x1b[1md')
  t.equal(written, '\x1b[?2026hab2Jc\x1b[1md\x1b[?2026l')
  t.equal(filter.bytes, Buffer.byteLength(written))
})
