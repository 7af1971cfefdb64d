// The board: everything the core knows, indexed so that an event costs what it changes and not what exists.
// Only `evolve` writes to it.

import type { QueueEntry, QueueHead } from '../messages/changes.js'
import type { CommandReply } from '../messages/commands.js'
import type { Config, Seat } from '../model/config.js'
import type { Run } from '../model/run.js'
import type { Status, Task, TaskId } from '../model/task.js'
import type { EpochMs } from '../model/time.js'
import { DelayedTasks } from './delayed-tasks.js'
import { LiveFiles } from './live-files.js'
import type { Rank } from './ranking.js'
import { ReadyTasks } from './ready-tasks.js'

export interface SeatState {
  readonly seat: Seat
  /** The attempt whose agent sits here; the seat is free again once that agent's tree is gone. */
  task: TaskId | null
  restUntil: EpochMs
  restWhy: string | null
  attempts: number
  done: number
}

export interface ProviderState {
  /** Null: off until a person acts. */
  readonly until: EpochMs | null
  readonly why: string
  readonly strikes: number
}

export interface Board {
  readonly config: Config
  epoch: number
  run: Run | null
  readonly tasks: Map<TaskId, Task>
  /** Who waits for a task, settled or not. */
  readonly dependents: Map<TaskId, Set<TaskId>>
  /** How many edges of a task lead to something not completed. */
  readonly openEdges: Map<TaskId, number>
  ranks: Map<TaskId, Rank>
  /** Ready tasks that some seat fits and that wait for nothing but a seat. */
  readonly ready: ReadyTasks
  /** Ready but for `notBefore`. */
  readonly delayed: DelayedTasks
  readonly seats: Map<string, SeatState>
  readonly providers: Map<string, ProviderState>
  /** Tasks in progress. */
  readonly live: Set<TaskId>
  readonly liveFiles: LiveFiles
  /** Live attempts by type or tag, for `taskLimits`. */
  readonly liveKinds: Map<string, number>
  readonly counts: Record<Status, number>
  /** Attempts we have asked to stop, with why. */
  readonly stopping: Map<TaskId, string>
  queue: readonly QueueEntry[]
  head: QueueHead
  failuresInARow: number
  startsAfter: EpochMs
  baselineAsked: boolean
  readonly lowOn: Set<'disk' | 'memory'>
  /** Answers to commands by request id, for those that ask twice. */
  readonly requests: Map<string, CommandReply>
  /** The wake-up asked for last. */
  wakeAt: EpochMs | null
}

export function emptyBoard(config: Config): Board {
  return {
    config,
    epoch: 0,
    run: null,
    tasks: new Map(),
    dependents: new Map(),
    openEdges: new Map(),
    ranks: new Map(),
    ready: new ReadyTasks(),
    delayed: new DelayedTasks(),
    seats: new Map(config.seats.map(seat => [seat.name, freeSeat(seat)])),
    providers: new Map(),
    live: new Set(),
    liveFiles: new LiveFiles(),
    liveKinds: new Map(),
    counts: { ready: 0, in_progress: 0, completed: 0, failed: 0, blocked: 0, cancelled: 0 },
    stopping: new Map(),
    queue: [],
    head: 'idle',
    failuresInARow: 0,
    startsAfter: 0,
    baselineAsked: false,
    lowOn: new Set(),
    requests: new Map(),
    wakeAt: null,
  }
}

function freeSeat(seat: Seat): SeatState {
  return { seat, task: null, restUntil: 0, restWhy: null, attempts: 0, done: 0 }
}

/** Type and tags of a task, each once: what `taskLimits` counts by. */
export function kindsOf(task: Task): readonly string[] {
  return [...new Set([task.type, ...task.tags])]
}
