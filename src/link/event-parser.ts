// Reads a stream of events (text/event-stream) piece by piece. The result does not depend on where the pieces were cut, not even
// inside a character or between "\r" and "\n"; an event that does not end is given up at a named size.

import { StringDecoder } from 'node:string_decoder'
import { JetpackError } from '../core/fault.js'

/** Most characters of one event: ten thousand changed rows fit. */
export const eventLength = 16 * 1024 * 1024

export interface StreamedEvent {
  /** `message` where the stream names no kind. */
  readonly kind: string
  readonly data: string
}

export class EventParser {
  readonly #decoder = new StringDecoder('utf8')
  readonly #limit: number
  #line = ''
  #kind = ''
  #data: string[] = []
  #length = 0
  #afterReturn = false
  #begun = false

  constructor(limit = eventLength) {
    this.#limit = limit
  }

  /** The events that `bytes` complete. Fails with `reply_invalid` when one grows beyond the limit. */
  push(bytes: Uint8Array): StreamedEvent[] {
    const events: StreamedEvent[] = []
    let text = this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    if (text === '') return events
    if (!this.#begun && text.startsWith('\u{feff}')) text = text.slice(1)
    this.#begun = true
    let from = 0
    // "\r\n" is one line end, also when its halves come apart.
    if (this.#afterReturn && text.startsWith('\n')) from = 1
    if (text !== '') this.#afterReturn = text.endsWith('\r')
    const lineEnd = /\r\n|\n|\r/g
    for (lineEnd.lastIndex = from; ; from = lineEnd.lastIndex) {
      const end = lineEnd.exec(text)
      if (end === null) break
      const event = this.#endLine(this.#line + text.slice(from, end.index))
      this.#line = ''
      if (event !== null) events.push(event)
    }
    this.#line += text.slice(from)
    if (this.#length + this.#line.length > this.#limit) throw tooLong(this.#limit)
    return events
  }

  #endLine(line: string): StreamedEvent | null {
    if (line === '') return this.#endEvent()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') this.#kind = value
    if (field === 'data') {
      this.#data.push(value)
      this.#length += value.length + 1
      if (this.#length > this.#limit) throw tooLong(this.#limit)
    }
    return null
  }

  #endEvent(): StreamedEvent | null {
    const event = { kind: this.#kind === '' ? 'message' : this.#kind, data: this.#data.join('\n') }
    const empty = this.#data.length === 0
    this.#kind = ''
    this.#data = []
    this.#length = 0
    return empty ? null : event
  }
}

function tooLong(limit: number): JetpackError {
  const message = `Reading the orchestrator's events: one of them is longer than ${limit} characters.`
  return new JetpackError('reply_invalid', message, 'Viewer and orchestrator may be of different versions.')
}
