// People who cannot leave it alone: at random they pause, retry, kill, reassign, add, edit files by hand, commit to
// the target branch, and suspend the laptop.

import type { Command } from '../../../src/core/messages/commands.js'
import type { Task } from '../../../src/core/model/task.js'
import { taskOf } from '../../core/given/scenario.js'
import { hotFiles } from '../world/backlog.js'
import type { World } from '../world/world.js'
import type { Orchestrator } from './orchestrator.js'

const habits = {
  pause: 2,
  retryFailed: 3,
  retrySome: 2,
  reassign: 3,
  kill: 4,
  add: 3,
  edit: 4,
  commit: 4,
  suspend: 1,
  lowDisk: 1,
  drain: 0.4,
  stopNow: 0.3,
} as const

export class Person {
  readonly #world: World
  /** The process that answers at present; null while none does. */
  readonly #process: () => Orchestrator | null
  /** Ids that the person was told are on record. */
  readonly promised: Set<string>
  #requests = 0

  constructor(world: World, process: () => Orchestrator | null, promised: Set<string>) {
    this.#world = world
    this.#process = process
    this.promised = promised
  }

  /** Comes by every quarter of an hour or so as long as things go wrong. */
  comeBySoon(): void {
    this.#world.clock.after(this.#world.random.between(10_000, 1_800_000), () => {
      if (!this.#world.faulty()) return
      this.#act(this.#world.random.weighted(habits))
      this.comeBySoon()
    })
  }

  /** The last visit of the evening: everything that was put off goes on, and is left alone from then on. */
  leaveForGood(): void {
    this.ask({ name: 'resume', args: {} })
    this.#process()?.post({ kind: 'diskRecovered' })
    this.ask({ name: 'retry', args: { ids: 'failed' } })
  }

  ask(command: Command): void {
    this.#requests += 1
    this.#process()?.command(command, `r${this.#requests}`, reply => {
      if (reply.ok && (command.name === 'add' || command.name === 'import'))
        for (const id of reply.ids) this.promised.add(id)
    })
  }

  #act(habit: keyof typeof habits): void {
    const { random, clock, repository } = this.#world
    this.#world.log(`a person: ${habit}`)
    switch (habit) {
      case 'pause':
        this.ask({ name: 'pause', args: {} })
        return clock.after(random.between(1000, 1_800_000), () => this.ask({ name: 'resume', args: {} }))
      case 'retryFailed':
        return this.ask({ name: 'retry', args: { ids: 'failed' } })
      case 'retrySome':
        return this.ask({ name: 'retry', args: { ids: this.#someIds() } })
      case 'reassign':
        return this.ask({
          name: 'reassign',
          args: { ids: this.#someIds(), to: random.pick(this.#world.config.seats).name },
        })
      case 'kill':
        return this.ask({
          name: 'kill',
          args: {
            ids: this.#world.machine
              .living()
              .slice(0, 1)
              .map(tree => tree.task),
          },
        })
      case 'add':
        return this.ask({
          name: 'add',
          args: {
            task: { id: `P${this.#requests}`, title: 'one more', dependencies: this.#someIds().slice(0, 1) },
          },
        })
      case 'edit':
        return this.#process()?.post({ kind: 'taskEdited', task: this.#edited(), asked: null })
      case 'commit':
        return repository.commitByPerson([random.pick(hotFiles)])
      case 'suspend':
        return this.#process()?.post({ kind: 'clockJumped', gapMs: random.between(1000, 3_600_000) })
      case 'lowDisk':
        this.#process()?.post({ kind: 'diskRanLow', freeMb: 10 })
        return clock.after(random.between(1000, 600_000), () =>
          this.#process()?.post({ kind: 'diskRecovered' }),
        )
      case 'drain':
      case 'stopNow':
        return this.ask({ name: 'stop', args: { now: habit === 'stopNow' } })
    }
  }

  /** A retry while something unkillable of the task still lives would be the person's own doing. */
  #someIds(): string[] {
    const { random, disk, machine } = this.#world
    const stuck = new Set(
      machine
        .living()
        .filter(tree => tree.stuckUntil > 0)
        .map(tree => tree.task),
    )
    const ids = [...disk.branch.keys()].filter(id => !stuck.has(id))
    return [random.pick(ids), random.pick(ids)]
  }

  /** A file as it lay there, with a person's field changed. */
  #edited(): Task {
    const { random, disk } = this.#world
    const task = random.pick([...disk.files.values()])
    const edits: readonly Partial<Task>[] = [
      { title: 'better said' },
      { priority: random.pick(['critical', 'low']) },
      { files: [random.pick(hotFiles)] },
      { dependencies: [] },
      { type: 'api' },
      { requiredSkills: [] },
      { notBefore: null, tags: ['ui'] },
    ]
    return random.chance(0.1) ? taskOf({ id: `H${disk.commits}` }) : { ...task, ...random.pick(edits) }
  }
}
