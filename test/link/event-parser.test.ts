import fc from 'fast-check'
import t from 'tap'
import { EventParser, type StreamedEvent } from '../../src/link/event-parser.js'

const stream = Buffer.from(
  [
    '\u{feff}retry: 1000\n\n',
    ': a comment\r\n\r\n',
    'id: 3-7\nevent: hello\ndata: {"ü":"✓ 👩‍💻"}\n\n',
    'event: two lines\rdata: one\rdata:two\r\r',
    'data\r\ndata:  spaced\r\n\r\n',
    'event: without data\n\n',
    'data: {"last":true}\nunknown: field\n\n',
    'data: cut off',
  ].join(''),
)

const expected: StreamedEvent[] = [
  { kind: 'hello', data: '{"ü":"✓ 👩‍💻"}' },
  { kind: 'two lines', data: 'one\ntwo' },
  { kind: 'message', data: '\n spaced' },
  { kind: 'message', data: '{"last":true}' },
]

t.test('a stream says the same wherever it is cut in two', async t => {
  for (let at = 0; at <= stream.length; at += 1) {
    const parser = new EventParser()
    const events = [...parser.push(stream.subarray(0, at)), ...parser.push(stream.subarray(at))]
    if (JSON.stringify(events) !== JSON.stringify(expected)) t.strictSame(events, expected, `cut at ${at}`)
  }
  t.strictSame(parsed([stream]), expected)
})

t.test('a stream says the same in single bytes and in any other pieces', async t => {
  t.strictSame(parsed([...stream].map(byte => Buffer.from([byte]))), expected)
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length)), cuts => {
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const pieces = at.slice(1).map((end, i) => stream.subarray(at[i], end))
      t.strictSame(parsed(pieces), expected)
    }),
    { numRuns: 50 },
  )
})

t.test('any events survive the way through the text', async () => {
  const line = fc.string({ unit: 'grapheme' }).map(text => text.replaceAll(/[\r\n]/g, ''))
  const one = fc.record({ kind: line.filter(kind => kind !== ''), data: line })
  fc.assert(
    fc.property(fc.array(one), fc.integer({ min: 1, max: 50 }), (events, size) => {
      const bytes = Buffer.from(events.map(({ kind, data }) => `event: ${kind}\ndata: ${data}\n\n`).join(''))
      const pieces = []
      for (let from = 0; from < bytes.length; from += size) pieces.push(bytes.subarray(from, from + size))
      return JSON.stringify(parsed(pieces)) === JSON.stringify(events)
    }),
  )
})

t.test('an event that does not end is given up at the limit, in one line or in many', async t => {
  const lines = new EventParser(1_000)
  t.throws(() => pushTimes(lines, 'data: some more\n', 1_000), { code: 'reply_invalid' })
  const oneLine = new EventParser(1_000)
  t.throws(() => pushTimes(oneLine, 'some more', 1_000), { code: 'reply_invalid' })
  const enough = new EventParser(1_000)
  t.doesNotThrow(() => pushTimes(enough, 'data: many small ones\n\n', 1_000))
})

function parsed(pieces: readonly Uint8Array[]): StreamedEvent[] {
  const parser = new EventParser()
  return pieces.flatMap(piece => parser.push(piece))
}

function pushTimes(parser: EventParser, text: string, times: number): void {
  for (let i = 0; i < times; i += 1) parser.push(Buffer.from(text))
}
