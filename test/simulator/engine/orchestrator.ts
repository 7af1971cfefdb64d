// One orchestrator process as the runtime builds it: memory decides at once, changes become durable in bursts, and
// only then is anything done. It can die at any instant; what was not synced is gone with it.

import { type Board, emptyBoard } from '../../../src/core/board/board.js'
import { evolve } from '../../../src/core/board/evolve.js'
import { type Decision, decide } from '../../../src/core/decide/decide.js'
import { isRecorded, type RecordedChange } from '../../../src/core/messages/changes.js'
import type { Command, CommandReply } from '../../../src/core/messages/commands.js'
import type { Event } from '../../../src/core/messages/events.js'
import type { EndState } from '../../../src/core/model/run.js'
import type { Happening } from '../../core/given/scenario.js'
import type { World } from '../world/world.js'
import { checkMemory } from './checks.js'
import { gatherFacts } from './gather-facts.js'
import { Performer } from './performer.js'

const burstLimit = 100

export interface Ears {
  readonly onRunEnded: (end: EndState) => void
  /** The process is gone: a crash, or a write that failed. */
  readonly onDeath: () => void
}

export class Orchestrator {
  readonly world: World
  readonly epoch: number
  /** Ahead of the disk by what is not durable yet. */
  readonly ahead: Board
  /** What viewers see. */
  readonly durable: Board
  readonly #performer: Performer
  readonly #ears: Ears
  readonly #waiting: Decision[] = []
  readonly #replies = new Map<string, (reply: CommandReply) => void>()
  #writing: { readonly changes: readonly RecordedChange[]; readonly pending: (() => void)[] } | null = null
  #wakeUps = 0
  #events = 0
  #dead = false
  #booted = false

  constructor(world: World, epoch: number, ears: Ears) {
    this.world = world
    this.epoch = epoch
    this.ahead = emptyBoard(world.config)
    this.durable = emptyBoard(world.config)
    this.#ears = ears
    this.#performer = new Performer(this)
    this.later(world.random.between(5, 500), () => this.#boot())
  }

  get isListening(): boolean {
    return this.#booted && !this.#dead
  }

  get isIdle(): boolean {
    return this.#writing === null && this.#waiting.length === 0
  }

  /** What this process wants done; nothing of it happens once it is dead. */
  later(ms: number, run: () => void): void {
    this.world.clock.after(ms, () => {
      if (!this.#dead) run()
    })
  }

  post(happening: Happening): void {
    if (this.#dead) return
    const { world } = this
    this.#events += 1
    const occasion = {
      at: world.clock.now,
      dice: world.random.next(),
      newId: `e${this.epoch}-${this.#events}-`,
    }
    const event = { ...happening, ...occasion } as Event
    const decision = decide(this.ahead, event)
    if (world.random.chance(0.005)) checkMemory(this.ahead, world.clock.now)
    if (decision.changes.length === 0 && decision.effects.length === 0) return
    if (world.sabotage.actBeforeDurable) this.#perform(decision)
    this.#waiting.push(decision)
    // Where it hurts most: while the burst is being written and its effects are under way.
    if (world.faulty() && world.random.chance(0.01)) this.later(world.random.between(0, 60), () => this.die())
    this.#flush()
  }

  /** The same again a little later, now and then: doubled and late events are normal. */
  postUnsurely(happening: Happening): void {
    this.post(happening)
    if (this.world.faulty() && this.world.random.chance(0.03))
      this.later(this.world.random.between(0, 60_000), () => this.post(happening))
  }

  command(command: Command, requestId: string, onReply: (reply: CommandReply) => void): void {
    this.#replies.set(requestId, onReply)
    this.post({ kind: 'commandReceived', request: { command, by: 'eve', requestId } })
  }

  wakeAt(at: number): void {
    this.#wakeUps += 1
    const mine = this.#wakeUps
    // Timers are not exact.
    this.later(at - this.world.clock.now + this.world.random.between(-1, 5), () => {
      if (mine === this.#wakeUps) this.post({ kind: 'woke' })
    })
  }

  runEnded(end: EndState): void {
    this.#ears.onRunEnded(end)
  }

  /** kill -9: of the burst in flight any part may have reached the branch, and then any part of the files. */
  die(): void {
    if (this.#dead) return
    this.#dead = true
    const { world } = this
    if (this.#writing !== null) this.#tear(this.#writing)
    world.machine.orphan(this.epoch)
    this.#ears.onDeath()
  }

  /** Ends in order: the run is over and the next one has a process of its own. */
  retire(): void {
    this.#dead = true
  }

  #tear(writing: { readonly changes: readonly RecordedChange[]; readonly pending: (() => void)[] }): void {
    const { world } = this
    if (writing.pending.length === 0) {
      const reached = world.random.between(0, writing.changes.length)
      world.log(`${reached} of ${writing.changes.length} commits of the burst reached the branch`)
      world.disk.commit(writing.changes.slice(0, reached))
      return
    }
    for (const write of writing.pending) if (world.random.chance(0.5)) write()
  }

  #boot(): void {
    const { tasks, run } = this.world.disk.load(this.world.random.chance(0.1))
    gatherFacts(this, tasks, facts => {
      this.#booted = true
      this.post({ kind: 'booted', epoch: this.epoch, run, tasks, attempts: facts })
      for (const fact of facts) if (fact.state.kind === 'adopted') this.#performer.adopt(fact)
      if (this.world.random.chance(0.1)) checkMemory(this.ahead, this.world.clock.now)
    })
  }

  #flush(): void {
    while (this.#writing === null) {
      const burst = this.#nextBurst()
      if (burst.length === 0) return
      const changes = burst.flatMap(decision => decision.changes.filter(isRecorded))
      if (changes.length === 0) this.#publish(burst)
      else this.#write(changes, burst)
    }
  }

  /** Branch, tip, files, acknowledged: in this order. */
  #write(changes: readonly RecordedChange[], burst: readonly Decision[]): void {
    const { disk, random, sabotage } = this.world
    const writes = disk.fileWrites(changes)
    if (sabotage.filesFirst) {
      for (const write of writes) write()
      writes.length = 0
    }
    this.#writing = { changes, pending: [] }
    this.later(random.between(2, 12), () => {
      if (this.world.faulty() && random.chance(0.0005)) {
        this.world.log('the disk is full: the write fails, nobody knows how far it came')
        return this.die()
      }
      disk.commit(changes)
      this.#writing = { changes, pending: writes }
      this.later(random.between(1, 6), () => {
        for (const write of writes) write()
        this.#writing = null
        this.#publish(burst)
        this.#flush()
      })
    })
  }

  #nextBurst(): Decision[] {
    let recorded = 0
    let count = 0
    for (const decision of this.#waiting) {
      recorded += decision.changes.filter(isRecorded).length
      if (count > 0 && recorded > burstLimit) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  #publish(burst: readonly Decision[]): void {
    for (const decision of burst) for (const change of decision.changes) evolve(this.durable, change)
    if (!this.world.sabotage.actBeforeDurable) for (const decision of burst) this.#perform(decision)
  }

  #perform(decision: Decision): void {
    for (const effect of decision.effects) {
      if (this.#dead) return
      if (effect.kind !== 'reply') {
        this.#performer.perform(effect)
        continue
      }
      if (effect.reply.ok && !this.world.disk.holds(decision.changes))
        throw new Error(`request ${effect.reply.requestId} was acknowledged before it was durable`)
      const onReply = this.#replies.get(effect.reply.requestId)
      this.#replies.delete(effect.reply.requestId)
      onReply?.(effect.reply)
    }
  }
}
