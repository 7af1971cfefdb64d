// What is to be done in the world, as one closed union: imperative, plain data. The runtime performs an effect
// only when every change before it is durable; each is repeatable or detectable after a crash.

import type { EndState } from '../model/run.js'
import type { TaskId } from '../model/task.js'
import type { EpochMs } from '../model/time.js'
import type { CommandReply } from './commands.js'
import type { AttemptRef } from './events.js'
import type { StopReason } from './verdict.js'

export type Effect =
  /** Prepare the workspace and launch the agent. `fresh`: start from the tip, old work to the salvage refs. */
  | ({ readonly kind: 'startAttempt' } & AttemptRef & {
        readonly seat: string
        readonly mark: string
        readonly fresh: boolean
        /** Session to resume, or null for a new one. */
        readonly sessionId: string | null
      })
  /** Softly first, by force after the grace period. `now`: by force at once. */
  | ({ readonly kind: 'stopAttempt' } & AttemptRef & { readonly why: StopReason; readonly now: boolean })
  /** Run the required gates on the landing tip, before the first start. */
  | { readonly kind: 'checkBaseline' }
  /** Merge the work with the landing tip and run the gates on the merged tree. */
  | ({ readonly kind: 'gateWork' } & AttemptRef & {
        readonly commit: string
        readonly binding: readonly string[]
      })
  /** Swap the landing ref from `expectedTip` to `mergeCommit` and prove containment. */
  | ({ readonly kind: 'landWork' } & AttemptRef & {
        readonly mergeCommit: string
        readonly expectedTip: string
      })
  /** The task has landed: its workspace and work branch may go. */
  | { readonly kind: 'removeWorkspace'; readonly task: TaskId }
  /** Post `woke` at that time; replaces the wake-up asked for before. */
  | { readonly kind: 'wakeAt'; readonly at: EpochMs }
  | { readonly kind: 'reply'; readonly reply: CommandReply }
  /** A line for viewers and the journal. */
  | { readonly kind: 'announce'; readonly level: 'info' | 'warning'; readonly text: string }
  | { readonly kind: 'endRun'; readonly end: EndState }

export type EffectKind = Effect['kind']
