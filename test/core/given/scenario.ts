// Given a backlog and a crew, when this happens, then that follows: a board under `decide` with a clock of its own.
// No mocks: what is asked is the board and what the last decision gave out.

import { type Board, emptyBoard } from '../../../src/core/board/board.js'
import { type Decision, decide } from '../../../src/core/decide/decide.js'
import type { Command } from '../../../src/core/messages/commands.js'
import type { Effect } from '../../../src/core/messages/effects.js'
import type { AttemptFact, Event, Occasion } from '../../../src/core/messages/events.js'
import { type Config, resolveConfig } from '../../../src/core/model/config.js'
import { newRun, type Run } from '../../../src/core/model/run.js'
import { type Attempt, newTask, openAttempt, type Task } from '../../../src/core/model/task.js'
import { isoTime } from '../../../src/core/model/time.js'
import type { ConfigFile } from '../../../src/core/schema/config.js'
import type { TaskFile } from '../../../src/core/schema/task.js'

/** An event without the time, dice and id that the scenario adds. */
export type Happening = Event extends infer Each
  ? Each extends Event
    ? Omit<Each, keyof Occasion>
    : never
  : never

export const start = 1_800_000_000_000
export const second = 1000
export const minute = 60 * second

/** One seat called `command-1` that takes every task, no gates, unless the file says otherwise. */
export function configOf(file: ConfigFile = {}): Config {
  return resolveConfig({ agents: [{ executor: 'command', command: 'true' }], ...file }, () => null)
}

export function runOf(config: Config, step: Partial<Run> = {}): Run {
  const run = newRun({
    id: 'night',
    startedAt: isoTime(start),
    startedBy: 'eve',
    target: config.target,
    seats: config.seats.map(seat => seat.name),
    config: {},
  })
  return { ...run, ...step }
}

export type Given = Omit<TaskFile, 'title'> & { readonly title?: string }

export function taskOf(given: Given): Task {
  return newTask({ title: given.id, ...given }, start)
}

export class Scenario {
  readonly board: Board
  readonly effects: Effect[] = []
  now = start
  /** 0 takes nothing off a back-off. */
  dice = 0
  last: Decision = { changes: [], effects: [] }
  #events = 0

  constructor(config: Config) {
    this.board = emptyBoard(config)
  }

  /** Lets each of these happen, in order, at the present time. */
  when(...happenings: readonly Happening[]): this {
    for (const happening of happenings) {
      this.#events += 1
      const event = { ...happening, at: this.now, dice: this.dice, newId: `id${this.#events}-` } as Event
      this.last = decide(this.board, event)
      this.effects.push(...this.last.effects)
    }
    return this
  }

  /** A command by `eve`; each has a request id of its own unless one is given. */
  asks(command: Command, requestId = `request-${this.#events}`): this {
    return this.when({ kind: 'commandReceived', request: { command, by: 'eve', requestId } })
  }

  /** Time passes, then the timer fires. */
  after(ms: number): this {
    this.now += ms
    return this.when({ kind: 'woke' })
  }

  task(id: string): Task {
    const task = this.board.tasks.get(id)
    if (task === undefined) throw new Error(`No task ${id} in this scenario`)
    return task
  }

  attempt(id: string): Attempt {
    const attempt = this.task(id).attempts.at(-1)
    if (attempt === undefined) throw new Error(`No attempt of ${id} in this scenario`)
    return attempt
  }

  /** Status, and the phase where there is an open attempt: "in_progress: gates". */
  state(id: string): string {
    const task = this.task(id)
    const phase = openAttempt(task)?.phase
    return phase === undefined ? task.status : `${task.status}: ${phase}`
  }

  /** Effects of one kind in the last decision. */
  gave<K extends Effect['kind']>(kind: K): Extract<Effect, { kind: K }>[] {
    return effectsOf(this.last.effects, kind)
  }

  /** Ids of tasks that the last decision started. */
  started(): string[] {
    return this.gave('startAttempt').map(effect => effect.task)
  }

  reply(): Extract<Effect, { kind: 'reply' }>['reply'] {
    const reply = this.gave('reply')[0]?.reply
    if (reply === undefined) throw new Error('The last event was no command')
    return reply
  }
}

export function effectsOf<K extends Effect['kind']>(
  effects: readonly Effect[],
  kind: K,
): Extract<Effect, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind)
}

/** A night that has just booted with these tasks. */
export function given(
  tasks: readonly Given[],
  file: ConfigFile = {},
  step: Partial<Run> = {},
  attempts: readonly AttemptFact[] = [],
): Scenario {
  const config = configOf(file)
  const run = runOf(config, step)
  return new Scenario(config).when({ kind: 'booted', epoch: 1, run, tasks: tasks.map(taskOf), attempts })
}

/** RFC 3339 of an instant counted from the start of the night. */
export function isoOf(ms: number): string {
  return isoTime(start + ms)
}
