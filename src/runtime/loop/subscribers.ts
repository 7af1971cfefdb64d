// Hands view events to any number of listeners. A listener that does not keep up is ended, never waited for:
// it asks anew and sees the present.

import type { ViewEvent } from '../../core/wire/views.js'

/** Events that wait for one listener at most. */
export const queueLimit = 256

interface Listener {
  readonly queue: ViewEvent[]
  wake: (() => void) | null
  ended: boolean
}

export class Subscribers {
  readonly #listeners = new Set<Listener>()

  get count(): number {
    return this.#listeners.size
  }

  send(event: ViewEvent): void {
    for (const listener of this.#listeners) {
      listener.queue.push(event)
      if (listener.queue.length > queueLimit) listener.ended = true
      listener.wake?.()
    }
  }

  end(): void {
    for (const listener of this.#listeners) {
      listener.ended = true
      listener.wake?.()
    }
  }

  async *subscribe(first: ViewEvent, signal: AbortSignal): AsyncGenerator<ViewEvent> {
    const listener: Listener = { queue: [first], wake: null, ended: false }
    const wake = (): void => listener.wake?.()
    this.#listeners.add(listener)
    signal.addEventListener('abort', wake)
    try {
      while (!signal.aborted) {
        const event = listener.queue.shift()
        if (event !== undefined) yield event
        else if (listener.ended) return
        else await new Promise<void>(resolve => (listener.wake = resolve))
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#listeners.delete(listener)
    }
  }
}
