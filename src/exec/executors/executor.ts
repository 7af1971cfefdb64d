// What every executor is: it says how to start one kind of agent CLI and what its output means. It starts nothing
// itself, and holds no state.

import type { Exit, Verdict } from '../../core/messages/verdict.js'
import type { ExecutorName, Seat } from '../../core/model/config.js'
import type { Task } from '../../core/model/task.js'
import type { EpochMs } from '../../core/model/time.js'

/** All that an executor may know when it plans a start. Paths are absolute. */
export interface LaunchContext {
  readonly task: Task
  /** Number of the attempt. */
  readonly n: number
  readonly seat: Seat
  readonly workspace: string
  readonly runId: string
  readonly mark: string
  readonly promptFile: string
  readonly socketPath: string
  readonly token: string
  /** Session to resume, or null for a new one. */
  readonly sessionId: string | null
  /** Folder of jetpack's own package. */
  readonly packageRoot: string
}

export interface AgentStart {
  readonly argv: readonly string[]
  /** Comes on top of the environment that the orchestrator passes on. */
  readonly env: Readonly<Record<string, string>>
}

export interface OutputFiles {
  readonly outFile: string
  readonly errFile: string
}

export interface Executor {
  readonly name: ExecutorName
  /** Fails with `spawn_failed` when task and seat do not say what to start. */
  plan(context: LaunchContext): AgentStart
  /** Reads the output within bounds, however large or hostile. `at` is now. */
  interpret(files: OutputFiles, exit: Exit, at: EpochMs): Promise<Verdict>
}
