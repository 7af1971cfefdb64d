// One simulated night: a seed gives backlog, crew, agents, crashes and people. First a stormy part in which anything
// may break, then a calm one in which the backlog must drain to an end state within a bound.

import type { EndState } from '../../src/core/model/run.js'
import type { Task } from '../../src/core/model/task.js'
import { isoTime } from '../../src/core/model/time.js'
import { runOf, start } from '../core/given/scenario.js'
import { checkEnd, checkLandings, checkMemory, checkSameBoards } from './engine/checks.js'
import { Orchestrator } from './engine/orchestrator.js'
import { Person } from './engine/person.js'
import { randomBacklog, randomConfig } from './world/backlog.js'
import { Disk } from './world/disk.js'
import { Machine } from './world/machine.js'
import { Random } from './world/random.js'
import { Repository } from './world/repository.js'
import { VirtualClock } from './world/virtual-clock.js'
import type { Sabotage, World } from './world/world.js'

const hour = 3_600_000
/** In the calm part everything must be over after this time. */
export const drainBoundMs = 96 * hour
/** And no night takes more steps than this, however long it is. */
export const stepBound = 2_000_000

export interface NightOptions {
  readonly seed: number
  readonly sabotage?: Sabotage
  readonly log?: (line: string) => void
}

export interface NightReport {
  readonly seed: number
  readonly tasks: number
  readonly completed: number
  readonly end: EndState
  readonly runs: number
  readonly crashes: number
  /** Whether it lasted into the calm part. */
  readonly drained: boolean
  readonly commits: number
  readonly steps: number
  readonly hours: number
}

/** A flaw that a night showed, with the one command that shows it again. */
export class NightFailed extends Error {
  constructor(seed: number, at: string, steps: number, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause)
    super(
      `Night ${seed} failed at ${at}, step ${steps}: ${what}\nReplay: npm run nights -- --seed ${seed} --verbose`,
      { cause },
    )
    this.name = 'NightFailed'
  }
}

export function playNight(options: NightOptions): NightReport {
  const night = new Night(options)
  try {
    return night.play()
  } catch (cause) {
    throw new NightFailed(options.seed, isoTime(night.world.clock.now), night.world.clock.steps, cause)
  }
}

class Night {
  readonly world: World
  readonly #options: NightOptions
  readonly #person: Person
  /** Every task that must still be there in the morning. */
  readonly #ids = new Set<string>()
  #process: Orchestrator | null = null
  #epoch = 0
  #runs = 0
  #crashes = 0
  #calmSince: number | null = null
  #end: EndState | null = null

  constructor(options: NightOptions) {
    this.#options = options
    const random = new Random(options.seed)
    const config = randomConfig(random)
    const clock = new VirtualClock(start)
    this.world = {
      clock,
      random,
      config,
      disk: new Disk(config, task => this.#seeCommitted(task)),
      machine: new Machine(clock),
      repository: new Repository(),
      sabotage: options.sabotage ?? {},
      adopts: random.chance(0.5),
      redOnTip: random.chance(0.1),
      faulty: () => this.#calmSince === null,
      log: text => options.log?.(`${isoTime(clock.now)} ${text}`),
    }
    this.#person = new Person(
      this.world,
      () => (this.#process?.isListening ? this.#process : null),
      this.#ids,
    )
  }

  play(): NightReport {
    const { world } = this
    const { clock, random, disk } = world
    const tasks = randomBacklog(random, world.config, random.between(60, 277))
    disk.commit([
      {
        kind: 'tasksSaved',
        tasks,
        note: {
          subject: 'import',
          task: null,
          from: null,
          to: null,
          seat: null,
          attempt: null,
          run: null,
          reason: null,
          by: 'eve',
        },
      },
    ])
    for (const task of tasks) this.#ids.add(task.id)
    this.#beginRun()
    this.#crashSoon()
    this.#person.comeBySoon()
    clock.after(random.between(2 * hour, 10 * hour), () => this.#calmDown())
    while (this.#end === null) {
      if (!clock.step()) throw new Error('nothing will ever happen again and the run has not ended')
      if (clock.steps > stepBound) throw new Error('the night does not end')
      if (this.#calmSince !== null && clock.now - this.#calmSince > drainBoundMs)
        throw new Error(`not drained: ${this.#whatIsOpen()}`)
    }
    return {
      seed: this.#options.seed,
      tasks: disk.branch.size,
      completed: [...disk.branch.values()].filter(task => task.status === 'completed').length,
      end: this.#end,
      runs: this.#runs,
      crashes: this.#crashes,
      drained: this.#calmSince !== null,
      commits: disk.commits,
      steps: clock.steps,
      hours: Math.round((clock.now - start) / hour),
    }
  }

  /** Every commit is looked at as it is made: nothing counts as landed that the landing ref does not contain. */
  #seeCommitted(task: Task): void {
    this.#ids.add(task.id)
    if (task.result?.kind === 'landed') checkLandings(this.world, [task])
    this.world.log(
      `${task.id} rev ${task.rev}: ${task.status} ${task.attempts.at(-1)?.phase ?? ''} ${task.attempts.at(-1)?.outcome ?? ''}`,
    )
  }

  #beginRun(): void {
    const { config, disk, clock } = this.world
    this.#runs += 1
    disk.run = runOf(config, { id: `night-${this.#runs}`, startedAt: isoTime(clock.now) })
    this.#boot()
  }

  #boot(): void {
    this.#epoch += 1
    this.world.log(`orchestrator ${this.#epoch} boots`)
    const mine = new Orchestrator(this.world, this.#epoch, {
      onRunEnded: end => this.#runEnded(mine, end),
      onDeath: () => this.#keep(mine),
    })
    this.#process = mine
  }

  /** The keeper restarts what died; where the run was over, somebody starts the next one. */
  #keep(dead: Orchestrator): void {
    this.#crashes += 1
    this.#process = null
    this.world.log(`orchestrator ${dead.epoch} died`)
    const isOver = this.world.disk.run?.end !== null
    this.world.clock.after(this.world.random.between(100, 200_000), () =>
      isOver ? this.#beginRun() : this.#boot(),
    )
  }

  #crashSoon(): void {
    const { clock, random } = this.world
    // Often in quick succession: a boot that dies again is a case of its own.
    clock.after(random.chance(0.3) ? random.between(1, 3000) : random.between(1000, hour), () => {
      if (!this.world.faulty()) return
      this.#process?.die()
      this.#crashSoon()
    })
  }

  #calmDown(): void {
    this.world.log('from here on nothing breaks')
    this.#calmSince = this.world.clock.now
    const settle = (): void => {
      if (this.#process?.isListening) this.#person.leaveForGood()
      else this.world.clock.after(1000, settle)
    }
    settle()
  }

  #runEnded(process: Orchestrator, end: EndState): void {
    const { world } = this
    world.log(`run ${this.#runs} ended: ${end}`)
    checkEnd(world, process.ahead, end, this.#ids)
    checkMemory(process.ahead, world.clock.now)
    const isOver = end === 'all_tasks_complete' || end === 'nothing_runnable'
    if (isOver && process.isIdle && world.random.chance(0.2)) checkSameBoards(process.ahead, process.durable)
    if (isOver && (this.#calmSince !== null || world.random.chance(0.7))) {
      this.#end = end
      return
    }
    this.#startAgain(process)
  }

  /** Somebody comes, retries what failed, and starts the next run. */
  #startAgain(process: Orchestrator): void {
    const { clock, random } = this.world
    clock.after(random.between(1000, 600_000), () => {
      if (this.#process !== process) return
      this.#person.ask({ name: 'retry', args: { ids: 'failed' } })
      clock.after(1000, () => {
        if (this.#process !== process) return
        process.retire()
        this.#beginRun()
      })
    })
  }

  #whatIsOpen(): string {
    const open = [...this.world.disk.branch.values()].filter(
      task => task.status === 'in_progress' || task.status === 'ready',
    )
    return open
      .slice(0, 5)
      .map(task => `${task.id} ${task.status} ${task.attempts.at(-1)?.phase ?? ''}`)
      .join(', ')
  }
}
