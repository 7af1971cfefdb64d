// Bytes of a terminal become keys, however they are cut into chunks.

import fc from 'fast-check'
import t from 'tap'
import { type InputEvent, KeyDecoder } from '../../src/tui/input/key-decoder.js'

/** Feeds the chunks and lets every timer run out at the end. */
function decoded(chunks: readonly Uint8Array[]): string[] {
  const events: string[] = []
  const decoder = new KeyDecoder({ after: () => () => {} }, event => events.push(shown(event)))
  for (const chunk of chunks) decoder.feed(chunk)
  decoder.flush()
  return events
}

function shown(event: InputEvent): string {
  if (event.kind === 'paste') return `paste(${event.text})`
  return event.key.ctrl ? `ctrl-${event.key.name}` : event.key.name
}

function keysOf(text: string): string[] {
  return decoded([Buffer.from(text)])
}

const pieces = [
  'j',
  'ä',
  '界',
  '👩',
  ' ',
  '\r',
  '\n',
  '\t',
  '\x7f',
  '\x03',
  '\x1b[A',
  '\x1bOB',
  '\x1b[1;5C',
  '\x1b[5~',
  '\x1b[Z',
  '\x1b',
  '\x1b[12;40R',
  '\x1b[?62;c',
  '\x1b[0n',
  '\x1b]11;rgb:0000/0000/0000\x07',
  '\x1b]11;rgb:ffff/ffff/ffff\x1b\\',
  '\x1bP>|tmux 3.3a\x1b\\',
  '\x1b[<0;12;3M',
  '\x1b[M abc',
  '\x1b[200~rm\r\x1b[Ay\x1b[201~',
  '\x9b',
  '\xff',
]

t.test('any chunking gives the same keys', async t => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (parts, cuts) => {
        const bytes = Buffer.concat(
          parts.map(part => (part === '\xff' ? Buffer.from([0xff]) : Buffer.from(part))),
        )
        const places = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b)
        const chunks = [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length))
        t.same(decoded(chunks), decoded([bytes]))
      },
    ),
    { numRuns: 300 },
  )
})

t.test('any bytes at all are survived and a following ctrl-c is heard outside a paste', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      const events: string[] = []
      const decoder = new KeyDecoder({ after: () => () => {} }, event => events.push(shown(event)))
      decoder.feed(bytes)
      decoder.flush()
      decoder.feed(Buffer.from('\x03'))
      t.equal(events.at(-1), 'ctrl-c')
    }),
  )
})

t.test('keys have one name each', async t => {
  t.same(keysOf('\x1b[A\x1bOA\x1b[H\x1b[4~\x1b[6~\x04'), ['up', 'up', 'home', 'end', 'pagedown', 'ctrl-d'])
  t.same(keysOf('\r'), ['enter'])
  t.same(keysOf('\r\n'), ['enter'], 'one press is one enter')
  t.same(keysOf('G g'), ['G', 'space', 'g'])
  t.same(keysOf('界'), ['界'])
})

t.test('what the terminal says of itself is no key', async t => {
  t.same(
    keysOf('\x1b[24;80R\x1b[?1;2c\x1b]11;rgb:0/0/0\x1b\\\x1bP1$r0m\x1b\\\x1b[M !!\x1b[I\x1b[32;10;10Mj'),
    ['j'],
  )
})

t.test('a paste is one event, whatever is in it', async t => {
  t.same(keysOf('a\x1b[200~x\ry\x1b[Bq\x03\x1b[201~b'), ['a', 'paste(x\ry\x1b[Bq\x03)', 'b'])
})

t.test('a lone ESC is the escape key after 30 ms, not before', async t => {
  const events: string[] = []
  const timers: { ms: number; act: () => void }[] = []
  const after = (ms: number, act: () => void) => {
    const timer = { ms, act }
    timers.push(timer)
    return () => void timers.splice(timers.indexOf(timer), 1)
  }
  const decoder = new KeyDecoder({ after }, event => events.push(shown(event)))
  decoder.feed(Buffer.from('\x1b'))
  t.same(events, [])
  t.same(
    timers.map(timer => timer.ms),
    [30],
  )
  decoder.feed(Buffer.from('['))
  decoder.feed(Buffer.from('A'))
  t.same(events, ['up'])
  t.same(timers, [], 'no timer is left')
  decoder.feed(Buffer.from('\x1b'))
  timers[0]?.act()
  t.same(events, ['up', 'escape'])
})
