// One viewer's stream of events (text/event-stream). It never waits for the viewer: what has not left yet is counted, and
// a viewer that falls behind a named limit loses its stream, so that it connects anew and asks for the state as it is then.

import type { ServerResponse } from 'node:http'
import type { ViewEvent } from '../core/wire/views.js'

export interface StreamLimits {
  /** Most bytes and events that wait for one viewer. A single event may be larger if nothing else waits. */
  readonly queueBytes: number
  readonly queueEvents: number
  /** Something is said at least this often, so that a viewer can tell silence from death. */
  readonly heartbeatMs: number
  /** Time to take the last bytes when the stream ends. */
  readonly endMs: number
}

export const streamLimits: StreamLimits = {
  queueBytes: 1_048_576,
  queueEvents: 256,
  heartbeatMs: 10_000,
  endMs: 2_000,
}

/** How long a browser's EventSource waits before it connects again. */
const retryMs = 1_000

interface Frame {
  readonly text: string
  readonly bytes: number
}

export class EventStream implements Disposable {
  readonly #response: ServerResponse
  readonly #limits: StreamLimits
  readonly #heartbeat: NodeJS.Timeout
  #waitingBytes = 0
  #waitingEvents = 0

  constructor(response: ServerResponse, limits: StreamLimits = streamLimits) {
    this.#response = response
    this.#limits = limits
    // A write to a viewer that has just left fails; its `close` event says the same and ends the stream.
    response.on('error', () => {})
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'close',
    })
    this.#write(frameOfText(`retry: ${retryMs}\n\n`))
    this.#heartbeat = setInterval(() => this.#write(frameOfText(': still here\n\n')), limits.heartbeatMs)
  }

  /** What waits because the viewer has not taken it. */
  get waiting(): { readonly bytes: number; readonly events: number } {
    return { bytes: this.#waitingBytes, events: this.#waitingEvents }
  }

  /** False when the stream is over: the viewer has left or was dropped. */
  push(event: ViewEvent): boolean {
    return this.#write(frameOf(event))
  }

  #write(frame: Frame): boolean {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return false
    if (this.#isFull(frame.bytes)) {
      response.destroy()
      return false
    }
    this.#waitingBytes += frame.bytes
    this.#waitingEvents += 1
    response.write(frame.text, () => {
      this.#waitingBytes -= frame.bytes
      this.#waitingEvents -= 1
    })
    return true
  }

  #isFull(bytes: number): boolean {
    if (this.#waitingEvents === 0) return false
    return (
      this.#waitingEvents >= this.#limits.queueEvents || this.#waitingBytes + bytes > this.#limits.queueBytes
    )
  }

  /** Ends the stream; a viewer that does not take the rest in time is cut off. */
  [Symbol.dispose](): void {
    clearInterval(this.#heartbeat)
    const response = this.#response
    if (response.destroyed) return
    const timer = setTimeout(() => response.destroy(), this.#limits.endMs)
    response.once('close', () => clearTimeout(timer))
    response.end()
  }
}

// The engine hands the same object to all viewers: it is put into words once.
const frames = new WeakMap<ViewEvent, Frame>()

function frameOf(event: ViewEvent): Frame {
  const known = frames.get(event)
  if (known !== undefined) return known
  const frame = frameOfText(
    `id: ${event.epoch}-${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`,
  )
  frames.set(event, frame)
  return frame
}

function frameOfText(text: string): Frame {
  return { text, bytes: Buffer.byteLength(text) }
}
