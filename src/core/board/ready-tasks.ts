// Ready tasks in heaps by constraint class. A task that has left is skipped when it comes up; the entry that
// counts is the one whose stamp is the task's newest.

import type { TaskId } from '../model/task.js'
import { Heap } from './heap.js'
import { compareRanks, type Rank } from './ranking.js'

interface Entry {
  readonly id: TaskId
  readonly stamp: number
  readonly rank: Rank
}

export class ReadyTasks {
  readonly #classes = new Map<string, Heap<Entry>>()
  readonly #stamps = new Map<TaskId, number>()
  #nextStamp = 0

  get size(): number {
    return this.#stamps.size
  }

  has(id: TaskId): boolean {
    return this.#stamps.has(id)
  }

  ids(): IterableIterator<TaskId> {
    return this.#stamps.keys()
  }

  add(id: TaskId, constraintClass: string, rank: Rank): void {
    this.#nextStamp += 1
    this.#stamps.set(id, this.#nextStamp)
    let heap = this.#classes.get(constraintClass)
    if (heap === undefined) {
      heap = new Heap((a, b) => compareRanks(a.rank, b.rank))
      this.#classes.set(constraintClass, heap)
    }
    heap.push({ id, stamp: this.#nextStamp, rank })
  }

  remove(id: TaskId): void {
    this.#stamps.delete(id)
  }

  clear(): void {
    this.#classes.clear()
    this.#stamps.clear()
  }

  /** Whether `holds` is true of the first task of any class. */
  someClass(holds: (id: TaskId) => boolean): boolean {
    for (const heap of this.#classes.values()) {
      this.#dropStale(heap)
      const top = heap.peek()
      if (top !== undefined && holds(top.id)) return true
    }
    return false
  }

  /**
   * The task that goes first among those for which `mayStart` holds; null when there is none. `wholeClass` says
   * of a class's first task whether the class is worth looking into at all. At most `lookPast` tasks of a class
   * are passed over, so that a decision stays short.
   */
  first(
    wholeClass: (id: TaskId) => boolean,
    mayStart: (id: TaskId) => boolean,
    lookPast: number,
  ): TaskId | null {
    let best: Entry | null = null
    for (const [key, heap] of this.#classes) {
      this.#dropStale(heap)
      const top = heap.peek()
      if (top === undefined) this.#classes.delete(key)
      else if ((best === null || compareRanks(top.rank, best.rank) < 0) && wholeClass(top.id)) {
        const found = this.#firstOf(heap, mayStart, lookPast)
        if (found !== null && (best === null || compareRanks(found.rank, best.rank) < 0)) best = found
      }
    }
    return best?.id ?? null
  }

  #firstOf(heap: Heap<Entry>, mayStart: (id: TaskId) => boolean, lookPast: number): Entry | null {
    const passed: Entry[] = []
    let found: Entry | null = null
    while (passed.length < lookPast) {
      this.#dropStale(heap)
      const top = heap.pop()
      if (top === undefined) break
      passed.push(top)
      if (mayStart(top.id)) {
        found = top
        break
      }
    }
    for (const entry of passed) heap.push(entry)
    return found
  }

  #dropStale(heap: Heap<Entry>): void {
    for (
      let top = heap.peek();
      top !== undefined && this.#stamps.get(top.id) !== top.stamp;
      top = heap.peek()
    )
      heap.pop()
  }
}
