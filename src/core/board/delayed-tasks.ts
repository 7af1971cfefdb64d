// Tasks that are ready but for time, the soonest due first. A task that has left is skipped when it comes up; the
// entry that counts is the one with the time that was given last.

import type { TaskId } from '../model/task.js'
import type { EpochMs } from '../model/time.js'
import { Heap } from './heap.js'

interface Entry {
  readonly id: TaskId
  readonly at: EpochMs
}

export class DelayedTasks {
  readonly #heap = new Heap<Entry>((a, b) => a.at - b.at)
  readonly #due = new Map<TaskId, EpochMs>()

  get size(): number {
    return this.#due.size
  }

  ids(): IterableIterator<TaskId> {
    return this.#due.keys()
  }

  add(id: TaskId, at: EpochMs): void {
    if (this.#due.get(id) === at) return
    this.#due.set(id, at)
    this.#heap.push({ id, at })
  }

  remove(id: TaskId): void {
    this.#due.delete(id)
  }

  clear(): void {
    this.#heap.clear()
    this.#due.clear()
  }

  /** When the next one is due; null when none waits. */
  nextAt(): EpochMs | null {
    this.#dropStale()
    return this.#heap.peek()?.at ?? null
  }

  /** Takes out the next task that is due at `at`; null when none is. */
  takeDue(at: EpochMs): TaskId | null {
    const next = this.nextAt()
    if (next === null || next > at) return null
    const entry = this.#heap.pop()
    if (entry !== undefined) this.#due.delete(entry.id)
    return entry?.id ?? null
  }

  #dropStale(): void {
    for (
      let top = this.#heap.peek();
      top !== undefined && this.#due.get(top.id) !== top.at;
      top = this.#heap.peek()
    )
      this.#heap.pop()
  }
}
