// The list of executors. A new one is one file and one line here.

import type { ExecutorName } from '../../core/model/config.js'
import { commandExecutor } from './command.js'
import type { Executor } from './executor.js'
import { simExecutor } from './sim.js'

const executors: Readonly<Record<ExecutorName, Executor>> = { command: commandExecutor, sim: simExecutor }

export function findExecutor(name: ExecutorName): Executor {
  return executors[name]
}
