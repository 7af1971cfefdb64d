// Time that costs nothing: what is due next happens next. Things due at the same instant happen in the order in
// which they were asked for.

import { Heap } from '../../../src/core/board/heap.js'

interface Due {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export class VirtualClock {
  now: number
  /** How many things have happened. */
  steps = 0
  readonly #due = new Heap<Due>((a, b) => a.at - b.at || a.order - b.order)
  #order = 0

  constructor(start: number) {
    this.now = start
  }

  /** Runs `run` in `ms` milliseconds; there is no way to take that back, so whoever asks checks whether it still holds. */
  after(ms: number, run: () => void): void {
    this.#order += 1
    this.#due.push({ at: this.now + Math.max(0, ms), order: this.#order, run })
  }

  /** Lets the next thing happen; false when nothing is due any more. */
  step(): boolean {
    const due = this.#due.pop()
    if (due === undefined) return false
    this.now = due.at
    this.steps += 1
    due.run()
    return true
  }
}
