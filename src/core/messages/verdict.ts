// What an executor makes of an ended agent: facts for `decide`, which alone says what follows.

import type { Outcome, Tokens } from '../model/task.js'
import type { EpochMs } from '../model/time.js'

/** How the agent's process ended, as its reaper wrote it. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  /** The reaper vanished without an exit file and the tree is proven gone. */
  | { readonly kind: 'lost' }

/** Why we ended the agent ourselves; recorded before the signal is sent, so it wins over the exit status. */
export type StopReason =
  | 'timeout'
  | 'stalled'
  | 'over_memory'
  | 'machine_memory'
  | 'stopped'
  | 'killed_by_person'
  | 'reassigned'

/** The agent's own account, read from its output and exit status. `done` is a claim until the gates agree. */
export interface Verdict {
  readonly outcome: Outcome
  readonly reason: string | null
  /** Equal for equal failures; null when there is nothing to compare. */
  readonly fingerprint: string | null
  /** When a limit resets, where the agent said so. */
  readonly resetAt: EpochMs | null
  readonly sessionId: string | null
  /** Unknown is null, never 0. */
  readonly costUsd: number | null
  readonly tokens: Tokens | null
  readonly summary: string | null
}

/** What the workspace holds after the agent's tree was gone and left-over work was committed. */
export interface CollectedWork {
  /** Head of the task's work branch. */
  readonly commit: string
  /** Whether that differs from where the attempt began. */
  readonly changed: boolean
}
