// A model of the machine: process trees of agents. They live on when the orchestrator dies; without an owner their
// reaper ends them after two minutes. An exit file outlives everything.

import type { Verdict } from '../../../src/core/messages/verdict.js'
import type { Work } from './repository.js'
import type { VirtualClock } from './virtual-clock.js'

/** Without an owner for this long, a reaper ends its tree. */
const adoptMs = 120_000

export interface Tree {
  readonly mark: string
  readonly task: string
  readonly n: number
  readonly seat: string
  /** What it would say and leave if it came to its end by itself. */
  readonly verdict: Verdict
  readonly work: Omit<Work, 'commit'> | null
  living: boolean
  /** Set when it ended by itself and its reaper lived to write that down. */
  exit: Verdict | null
  owner: number
  stuckUntil: number
}

export class Machine {
  readonly trees = new Map<string, Tree>()
  readonly #living = new Set<Tree>()
  readonly #watchers = new Map<string, (tree: Tree) => void>()
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  living(): readonly Tree[] {
    return [...this.#living]
  }

  /** `runsMs` null: it hangs. `reaperDies`: the tree goes and nobody writes an exit file. */
  spawn(
    tree: Omit<Tree, 'living' | 'exit' | 'stuckUntil'>,
    runsMs: number | null,
    reaperDies: boolean,
  ): Tree {
    const twin = this.living().find(each => each.task === tree.task)
    if (twin !== undefined)
      throw new Error(`two live process trees of ${tree.task}: attempts ${twin.n} and ${tree.n}`)
    const born: Tree = { ...tree, living: true, exit: null, stuckUntil: 0 }
    this.trees.set(born.mark, born)
    this.#living.add(born)
    if (runsMs !== null) this.#clock.after(runsMs, () => this.#end(born, reaperDies ? null : born.verdict))
    return born
  }

  /** Calls back once when the tree is gone; nobody is called for who died in between. */
  watch(mark: string, onGone: (tree: Tree) => void): void {
    const tree = this.trees.get(mark)
    if (tree === undefined || !tree.living) throw new Error(`no living tree ${mark} to watch`)
    this.#watchers.set(mark, onGone)
  }

  /** False when it cannot be ended now. */
  kill(tree: Tree): boolean {
    if (tree.stuckUntil > this.#clock.now) return false
    this.#end(tree, null)
    return true
  }

  /** Stuck in the kernel: no signal reaches it for a while; then it is gone at once. */
  getStuck(tree: Tree, ms: number): void {
    tree.stuckUntil = this.#clock.now + ms
    this.#clock.after(ms, () => this.#end(tree, null))
  }

  /** The owner is dead: nobody watches, and the reapers begin to count. */
  orphan(owner: number): void {
    this.#watchers.clear()
    this.#clock.after(adoptMs, () => {
      for (const tree of this.living()) if (tree.owner === owner) this.kill(tree)
    })
  }

  #end(tree: Tree, exit: Verdict | null): void {
    if (!tree.living || tree.stuckUntil > this.#clock.now) return
    tree.living = false
    tree.exit = exit
    this.#living.delete(tree)
    const watcher = this.#watchers.get(tree.mark)
    this.#watchers.delete(tree.mark)
    watcher?.(tree)
  }
}
