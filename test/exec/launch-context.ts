// A launch context with ordinary values, for tests of executors.

import { fileURLToPath } from 'node:url'
import type { Seat, SimSettings } from '../../src/core/model/config.js'
import { newTask } from '../../src/core/model/task.js'
import type { TaskFile } from '../../src/core/schema/task.js'
import type { LaunchContext } from '../../src/exec/executors/executor.js'

/** The package: this file runs from `dist/test/exec`. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '')

export const simSettings: SimSettings = {
  seed: 1,
  minMs: 0,
  maxMs: 0,
  fail: 0,
  red: 0,
  conflict: 0,
  hang: 0,
  die: 0,
}

export function launchContext(task: Partial<TaskFile>, seat: Partial<Seat>, n = 1): LaunchContext {
  return {
    task: newTask({ id: 'E1-T1', title: 'Database schema', ...task }, 0),
    n,
    seat: {
      name: 'builder-1',
      index: 3,
      executor: 'command',
      provider: 'builder',
      model: null,
      command: null,
      skills: [],
      tags: [],
      types: [],
      env: {},
      args: [],
      sim: null,
      ...seat,
    },
    workspace: '/workspace',
    runId: 'run-1',
    mark: 'mark-12345678',
    promptFile: '/attempt/prompt.md',
    socketPath: '/state/sock',
    token: 'secret',
    sessionId: null,
    packageRoot,
  }
}
