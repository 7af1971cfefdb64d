// Wakes the loop when something is due, and notices when the machine slept or its clock jumped. Waits on the
// monotonic clock in short steps, so that a long timer is never wrong by more than a step.

/** Longest single wait. */
const stepMs = 30_000
/** How often the two clocks are compared, and the difference that counts as a jump. */
const compareMs = 5_000
const jumpMs = 2_000

export class Wakeup implements Disposable {
  readonly #onDue: () => void
  readonly #comparing: NodeJS.Timeout
  #timer: NodeJS.Timeout | null = null
  #at = 0

  constructor(onDue: () => void, onJump: (gapMs: number) => void) {
    this.#onDue = onDue
    let offset = Date.now() - performance.now()
    this.#comparing = setInterval(() => {
      const now = Date.now() - performance.now()
      const gapMs = Math.round(now - offset)
      offset = now
      if (Math.abs(gapMs) > jumpMs) onJump(gapMs)
    }, compareMs)
    this.#comparing.unref()
  }

  /** Replaces the wake-up asked for before. */
  set(at: number): void {
    this.#at = at
    this.#wait()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#comparing)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    const left = this.#at - Date.now()
    this.#timer = setTimeout(() => this.#step(), Math.max(1, Math.min(stepMs, left)))
  }

  #step(): void {
    this.#timer = null
    if (Date.now() >= this.#at) this.#onDue()
    else this.#wait()
  }
}
