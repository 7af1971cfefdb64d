// What those who do the work share: the repository, the frozen configuration, the board's durable tasks, and the
// way back into the loop.

import type { Layout } from '../../core/layout.js'
import type { Config } from '../../core/model/config.js'
import type { Task, TaskId } from '../../core/model/task.js'
import type { Repository } from '../../git/repository.js'
import type { Happening } from '../loop/loop.js'

export interface FinishedDependency {
  readonly id: TaskId
  readonly title: string
  readonly summary: string | null
}

export interface WorkContext {
  readonly git: Repository
  readonly layout: Layout
  readonly config: Config
  readonly runId: string
  readonly packageRoot: string
  readonly socketPath: string
  /** The environment that agents and gates start from. */
  readonly baseEnv: Readonly<Record<string, string>>
  /** Ends when the orchestrator ends. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly post: (happening: Happening) => void
  readonly task: (id: TaskId) => Task | undefined
  readonly dependenciesOf: (task: Task) => readonly FinishedDependency[]
  /** The landing ref now. */
  readonly tip: () => Promise<string>
  readonly announce: (level: 'info' | 'warning', text: string) => void
}
