// The executor `sim`: a built-in fake agent for demos, soaks and tests. It writes real files, and always says that
// it is a simulation. What it does is drawn here from seed, task and attempt, so that a night can be repeated.

import { createHash } from 'node:crypto'
import { JetpackError } from '../../core/fault.js'
import type { SimSettings } from '../../core/model/config.js'
import { edgesOf, type TaskId } from '../../core/model/task.js'
import { agentEnvironment } from './agent-environment.js'
import { interpretCommand } from './command.js'
import type { AgentStart, Executor, LaunchContext } from './executor.js'

/** `red`: its test fails; a later attempt repairs that. `hang`: never ends and leaves children. `die`: kills itself. */
export type SimBehaviour = 'done' | 'fail' | 'red' | 'hang' | 'die'

/** What one simulated agent is told; travels as its one argument. */
export interface SimScript {
  readonly taskId: TaskId
  readonly title: string
  readonly dependencies: readonly TaskId[]
  readonly attempt: number
  readonly behaviour: SimBehaviour
  /** Also writes to a line that others write to. */
  readonly isConflicting: boolean
  readonly workMs: number
}

export const simExecutor: Executor = { name: 'sim', plan, interpret: interpretCommand }

function plan(context: LaunchContext): AgentStart {
  const { task, n, seat } = context
  if (seat.sim === null) {
    throw new JetpackError(
      'spawn_failed',
      `Cannot start the simulation on seat "${seat.name}": it has no sim settings.`,
    )
  }
  const script: SimScript = {
    taskId: task.id,
    title: task.title.slice(0, 200),
    dependencies: edgesOf(task),
    attempt: n,
    ...drawBehaviour(seat.sim, task.id, n),
  }
  const agent = `${context.packageRoot}/dist/src/exec/executors/sim-agent.js`
  return { argv: [process.execPath, agent, JSON.stringify(script)], env: agentEnvironment(context) }
}

/**
 * What the agent does, the same for the same seed, task and attempt. Whatever costs a task an attempt happens on
 * the first one only, plain failure on the first two: three attempts always suffice.
 */
export function drawBehaviour(
  settings: SimSettings,
  taskId: TaskId,
  n: number,
): Pick<SimScript, 'behaviour' | 'isConflicting' | 'workMs'> {
  const dice = (what: string): number => drawOf(`${settings.seed}/${taskId}/${n}/${what}`)
  const isFirst = n === 1
  const span = Math.max(0, settings.maxMs - settings.minMs)
  return {
    behaviour: behaviourFrom(settings, n, dice('behaviour')),
    isConflicting: isFirst && dice('conflict') < settings.conflict,
    workMs: Math.round(settings.minMs + dice('work') * span),
  }
}

/** One throw for all of them, so that the shares add up. */
function behaviourFrom(settings: SimSettings, n: number, dice: number): SimBehaviour {
  const once = n === 1
  const shares: readonly (readonly [SimBehaviour, number])[] = [
    ['fail', n <= 2 ? settings.fail : 0],
    ['red', once ? settings.red : 0],
    ['hang', once ? settings.hang : 0],
    ['die', once ? settings.die : 0],
  ]
  let below = 0
  for (const [behaviour, share] of shares) {
    below += share
    if (dice < below) return behaviour
  }
  return 'done'
}

/** A number in [0, 1) from the text. */
function drawOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
