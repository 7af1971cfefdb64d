// Progress as lines: one when the numbers change, at most one a second, and the last numbers always.

import type { StatusView } from '../../core/wire/views.js'
import { elapsed, sinceMs } from '../../tui/text/durations.js'
import { printLine } from '../print/print.js'

const betweenMs = 1_000

export class ProgressLines implements Disposable {
  #shown = ''
  #shownAt = 0
  #latest: StatusView | null = null
  #timer: NodeJS.Timeout | null = null

  /** The newest picture. */
  get last(): StatusView | null {
    return this.#latest
  }

  show(status: StatusView): void {
    this.#latest = status
    if (this.#timer !== null || numbersOf(status) === this.#shown) return
    const due = this.#shownAt + betweenMs - Date.now()
    if (due <= 0) this.flush()
    else this.#timer = setTimeout(() => this.flush(), due)
  }

  /** Prints the newest numbers now unless they stand there already. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const status = this.#latest
    if (status === null || numbersOf(status) === this.#shown) return
    this.#shown = numbersOf(status)
    this.#shownAt = Date.now()
    const span =
      status.run === null ? '' : `${elapsed(sinceMs(status.run.startedAt, Date.parse(status.at)) ?? 0)}  `
    printLine(`${span}${this.#shown}`)
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/** "12/277 completed · 3 running · 4 landing · 2 failed". */
function numbersOf({ counts, run, seats, landing }: StatusView): string {
  const running = seats.filter(seat => seat.state === 'busy').length
  const parts = [`${counts.completed}/${counts.total} completed`, `${running} running`]
  if (landing.queued > 0) parts.push(`${landing.queued} landing`)
  if (counts.failed > 0) parts.push(`${counts.failed} failed`)
  if (counts.blocked > 0) parts.push(`${counts.blocked} blocked`)
  if (counts.cancelled > 0) parts.push(`${counts.cancelled} cancelled`)
  if (run !== null && run.state !== 'running' && run.state !== 'ended') parts.push(run.state)
  return parts.join(' · ')
}
