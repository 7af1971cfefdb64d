// What the last attempt ran into, for the next prompt: the outcome, and the gate's own output where one was red.

import { attemptFolder, type Layout } from '../../core/layout.js'
import type { Outcome, Task } from '../../core/model/task.js'
import { lastLines } from '../../exec/process/tail.js'

/** How much of a gate's output goes into the next prompt. */
export const gateOutput = { lines: 60, bytes: 8_192 } as const

export interface LastFailure {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly gateOutput: string | null
}

/** File of a gate's output inside the attempt's folder; `name` is from the configuration, so it is made safe. */
export function gateOutputFile(attempt: string, name: string): string {
  return `${attempt}/gate-${name.replace(/[^A-Za-z0-9_-]/g, '_')}.log`
}

export async function lastFailureOf(layout: Layout, task: Task): Promise<LastFailure | null> {
  const last = task.attempts.filter(attempt => attempt.outcome !== null).at(-1)
  if (last === undefined || last.outcome === null || last.outcome === 'done') return null
  const red = last.gates.find(gate => gate.state === 'red')
  const output =
    red === undefined
      ? null
      : await lastLines(
          gateOutputFile(attemptFolder(layout, task.id, last.n), red.name),
          gateOutput.lines,
          gateOutput.bytes,
        )
  return { outcome: last.outcome, reason: last.reason, gateOutput: output }
}
