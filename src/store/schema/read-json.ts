// From bytes to a JSON value, with a flaw instead of an exception: size, UTF-8, syntax, depth, numbers.

import { isUtf8 } from 'node:buffer'
import type { Flaw } from './flaw.js'
import { inexactNumber, isDeeperThan, jsonSyntaxFlaw, maxJsonDepth } from './json-text.js'

export type JsonReading =
  | { readonly ok: true; readonly value: unknown; readonly text: string; readonly hadMark: boolean }
  | { readonly ok: false; readonly flaw: Flaw }

const byteOrderMark = '\ufeff'

/** `maxBytes` is checked before anything else is done with the bytes. */
export function readJson(bytes: Buffer, file: string, maxBytes: number): JsonReading {
  const bad = (line: number | null, found: string, write: string): JsonReading => ({
    ok: false,
    flaw: { file, line, field: '', found, write },
  })
  if (bytes.length > maxBytes) return { ok: false, flaw: sizeFlaw(file, bytes.length, maxBytes) }
  if (!isUtf8(bytes)) return bad(lineOfBadUtf8(bytes), 'not valid UTF-8', 'UTF-8 text')
  const whole = bytes.toString('utf8')
  const hadMark = whole.startsWith(byteOrderMark)
  const text = hadMark ? whole.slice(1) : whole
  if (text.trim() === '') return bad(null, 'empty', 'a JSON object')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // Node's own message has no line and often no position.
    const flaw = jsonSyntaxFlaw(text)
    return bad(flaw?.line ?? null, `not JSON (${flaw?.what ?? error.message})`, 'valid JSON')
  }
  if (isDeeperThan(value, maxJsonDepth))
    return bad(null, 'nested too deeply', `at most ${maxJsonDepth} levels of lists and objects`)
  const number = inexactNumber(text)
  if (number !== null)
    return bad(
      number.line,
      `not exact: the number ${number.what} would be changed`,
      'such a number as text, in double quotes',
    )
  return { ok: true, value, text, hadMark }
}

/** The flaw of a file that is too big to be read at all. */
export function sizeFlaw(file: string, size: number, maxBytes: number): Flaw {
  return { file, line: null, field: '', found: `${size} bytes long`, write: `at most ${maxBytes} bytes` }
}

function lineOfBadUtf8(bytes: Buffer): number {
  let line = 1
  let start = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, start)
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line
    line += 1
    start = end + 1
  }
}
