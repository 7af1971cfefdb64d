// What viewers see: plain data that travels over the socket. Derived from the board, never stored.

import type { Phase, Priority, Status, Task, TaskId } from '../model/task.js'
import type { StatusView } from '../schema/status.js'

export type { Counts, Seat as SeatView, StatusView } from '../schema/status.js'

/** One line of a task table. */
export interface TaskRow {
  readonly id: TaskId
  readonly title: string
  readonly status: Status
  /** Why a ready task does not start, e.g. "needs E1-T1, E1-T3"; why a task is blocked or failed; null where there is nothing to say. */
  readonly why: string | null
  /** A ready task that cannot start yet. */
  readonly waiting: boolean
  readonly priority: Priority
  readonly type: string
  readonly seat: string | null
  readonly phase: Phase | null
  /** Attempts made, and counted ones of those allowed. */
  readonly attempts: number
  readonly counted: number
  readonly maxAttempts: number
  /** RFC 3339: start of the open attempt, else the last change. */
  readonly since: string
  readonly costUsd: number | null
  readonly rev: number
}

export type TaskSort = 'attention' | 'id' | 'order' | 'updated'

export interface TaskQuery {
  /** Words that must all occur in id, title, status, type, seat or tags; case is ignored. `status:x` asks for a status. */
  readonly filter: string
  readonly sort: TaskSort
  readonly offset: number
  readonly count: number
}

export interface TaskPage {
  readonly schema: 'jetpack.tasks/1'
  readonly total: number
  readonly matching: number
  readonly offset: number
  readonly rows: readonly TaskRow[]
}

export interface TaskDetail {
  readonly schema: 'jetpack.task-detail/1'
  readonly task: Task
  readonly row: TaskRow
  /** Ids that wait for this one. */
  readonly dependents: readonly TaskId[]
}

/** A piece of an attempt's output file. */
export interface LogChunk {
  readonly schema: 'jetpack.log/1'
  readonly task: TaskId
  readonly attempt: number
  /** Byte offset of `text`, the offset to go on from, and the file's size. */
  readonly from: number
  readonly next: number
  readonly size: number
  /** Raw text of the agent: hostile until sanitised. */
  readonly text: string
  /** Whether the attempt is still writing. */
  readonly open: boolean
}

/** What `GET /v1/events` sends. Epoch and sequence only grow; a gap means: ask again. */
export type ViewEvent =
  | { readonly kind: 'hello'; readonly epoch: number; readonly seq: number }
  /** These tasks changed. `status` comes with every change. */
  | {
      readonly kind: 'changed'
      readonly epoch: number
      readonly seq: number
      readonly rows: readonly TaskRow[]
      readonly status: StatusView
    }
  | {
      readonly kind: 'announced'
      readonly epoch: number
      readonly seq: number
      readonly at: string
      readonly level: 'info' | 'warning'
      readonly text: string
    }
