// All that can happen, as one closed union: past tense, plain data. `at` is the time, `dice` a number in
// [0, 1), `newId` an unused id: the core has no clock, no dice and no ids of its own. Late and doubled events
// are normal; `decide` answers every event in every state.

import type { Run } from '../model/run.js'
import type { GateResult, Task, TaskId } from '../model/task.js'
import type { EpochMs } from '../model/time.js'
import type { Command, CommandRequest } from './commands.js'
import type { CollectedWork, StopReason, Verdict } from './verdict.js'

/** What every event carries. */
export interface Occasion {
  readonly at: EpochMs
  readonly dice: number
  readonly newId: string
}

/** Names one attempt. */
export interface AttemptRef {
  readonly task: TaskId
  readonly n: number
}

/** What boot found of an attempt that the files call open. */
export interface AttemptFact extends AttemptRef {
  readonly state: /** Its process tree is proven gone; the agent's own account, if its reaper left an exit file. */
    | { readonly kind: 'gone'; readonly verdict: Verdict | null; readonly work: CollectedWork | null }
    /** The tree lives and was taken over: its reaper has written our epoch. */
    | { readonly kind: 'adopted' }
    /** Something of it could not be ended. */
    | { readonly kind: 'unkillable'; readonly pids: readonly number[] }
    /** It was landing: whether the landing ref contains its merge commit, and that commit's tree. */
    | { readonly kind: 'landing'; readonly contained: boolean; readonly tree: string | null }
}

/** How a merged tree fared. `tip` is the landing ref it was merged with. */
export type GateVerdict =
  | {
      readonly kind: 'green'
      readonly mergeCommit: string
      readonly tree: string
      readonly tip: string
      readonly gates: readonly GateResult[]
    }
  | {
      readonly kind: 'red'
      readonly gate: string
      readonly reason: string
      readonly fingerprint: string
      readonly gates: readonly GateResult[]
    }
  | { readonly kind: 'conflict'; readonly files: readonly string[] }
  /** A gate did not run: never green, never charged to the task. */
  | { readonly kind: 'infra'; readonly reason: string }

export type Event = Occasion &
  (
    | {
        readonly kind: 'booted'
        readonly epoch: number
        readonly run: Run | null
        readonly tasks: readonly Task[]
        readonly attempts: readonly AttemptFact[]
      }
    | { readonly kind: 'commandReceived'; readonly request: CommandRequest }
    /** A timer of ours fired: something may be due. */
    | { readonly kind: 'woke' }
    /** The machine slept or its clock jumped by `gapMs`: deadlines move, nothing is killed for it. */
    | { readonly kind: 'clockJumped'; readonly gapMs: number }
    | ({ readonly kind: 'attemptStarted' } & AttemptRef & { readonly baseCommit: string })
    | ({ readonly kind: 'attemptFailedToStart' } & AttemptRef & { readonly reason: string })
    /** The agent said something about itself on the way. */
    | ({ readonly kind: 'agentReported' } & AttemptRef & {
          readonly sessionId: string | null
          readonly costUsd: number | null
        })
    /** Over the time limit, silent for too long: the watcher has seen it; nothing is ended yet. */
    | ({ readonly kind: 'attemptOverdue' } & AttemptRef & { readonly why: 'timeout' | 'stalled' })
    /** The process tree is proven gone and left-over work is committed. */
    | ({ readonly kind: 'agentEnded' } & AttemptRef & {
          readonly verdict: Verdict
          readonly stoppedFor: StopReason | null
          readonly work: CollectedWork | null
        })
    | ({ readonly kind: 'agentUnkillable' } & AttemptRef & { readonly pids: readonly number[] })
    | ({ readonly kind: 'agentOverMemory' } & AttemptRef & { readonly whose: 'own' | 'machine' })
    | { readonly kind: 'baselineChecked'; readonly gates: Readonly<Record<string, GateResult['state']>> }
    | ({ readonly kind: 'workGated' } & AttemptRef & { readonly verdict: GateVerdict })
    | ({ readonly kind: 'workLanded' } & AttemptRef & { readonly commit: string; readonly tree: string })
    /** The landing ref was not moved: somebody else moved it, or git refused. */
    | ({ readonly kind: 'landingRefused' } & AttemptRef & { readonly reason: string })
    /** A hand edit of a task file, merged and checked. */
    | { readonly kind: 'taskEdited'; readonly task: Task; readonly asked: Command | null }
    /** An effect threw a fault; the text is for the person. */
    | { readonly kind: 'effectFailed'; readonly effect: string; readonly reason: string }
    | { readonly kind: 'diskRanLow'; readonly freeMb: number }
    | { readonly kind: 'diskRecovered' }
    | { readonly kind: 'memoryRanLow'; readonly availableMb: number }
    | { readonly kind: 'memoryRecovered' }
  )

export type EventKind = Event['kind']
