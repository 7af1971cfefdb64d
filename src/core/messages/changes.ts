// What `decide` says has changed. Recorded changes are made durable (branch, tip, file) before anything that
// follows from them is done; passing ones live in memory only and are worked out again by `booted`.

import type { Run } from '../model/run.js'
import type { Status, Task, TaskId } from '../model/task.js'
import type { EpochMs } from '../model/time.js'
import type { CommandReply } from './commands.js'
import type { AttemptRef } from './events.js'

/** What the history says of a change: subject and trailers of its commit. */
export interface ChangeNote {
  readonly subject: string
  readonly task: TaskId | null
  readonly from: Status | null
  readonly to: Status | null
  readonly seat: string | null
  readonly attempt: number | null
  readonly run: string | null
  readonly reason: string | null
  readonly by: string
}

/** One change is one commit. */
export type RecordedChange =
  | { readonly kind: 'taskSaved'; readonly task: Task; readonly note: ChangeNote }
  /** Import, migration or return to a checkpoint: many tasks, one commit. */
  | { readonly kind: 'tasksSaved'; readonly tasks: readonly Task[]; readonly note: ChangeNote }
  | { readonly kind: 'runSaved'; readonly run: Run; readonly note: ChangeNote }

export type PassingChange =
  | {
      readonly kind: 'boardLoaded'
      readonly epoch: number
      readonly run: Run | null
      readonly tasks: readonly Task[]
    }
  | { readonly kind: 'seatRested'; readonly seat: string; readonly until: EpochMs; readonly why: string }
  | {
      readonly kind: 'providerPaused'
      readonly provider: string
      readonly until: EpochMs | null
      readonly why: string
      readonly strikes: number
    }
  | { readonly kind: 'providerRecovered'; readonly provider: string }
  | { readonly kind: 'stopAsked'; readonly ref: AttemptRef; readonly why: string }
  | { readonly kind: 'queueMoved'; readonly queue: readonly QueueEntry[]; readonly head: QueueHead }
  | { readonly kind: 'failuresCounted'; readonly inARow: number; readonly startsAfter: EpochMs }
  | { readonly kind: 'baselineAsked' }
  | { readonly kind: 'requestRemembered'; readonly reply: CommandReply }
  | { readonly kind: 'deadlinesMoved'; readonly gapMs: number }
  | { readonly kind: 'timePassed'; readonly at: EpochMs }
  | { readonly kind: 'wakeSet'; readonly at: EpochMs | null }
  | { readonly kind: 'admissionSet'; readonly lowOn: 'disk' | 'memory'; readonly low: boolean }

/** One attempt on its way through gates and landing. */
export interface QueueEntry extends AttemptRef {
  /** How often gates or landing could not be carried out. */
  readonly tries: number
}

/** What the head of the landing queue is at. */
export type QueueHead = 'idle' | 'gating' | 'landing'

export type Change = RecordedChange | PassingChange

export function isRecorded(change: Change): change is RecordedChange {
  return change.kind === 'taskSaved' || change.kind === 'tasksSaved' || change.kind === 'runSaved'
}
