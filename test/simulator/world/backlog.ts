// A random backlog and a crew to work it off: layered dependencies as in a real plan, shared files, limits, pins,
// and a few flaws such as people make.

import type { Config } from '../../../src/core/model/config.js'
import type { Task } from '../../../src/core/model/task.js'
import { configOf, type Given, taskOf } from '../../core/given/scenario.js'
import type { Random } from './random.js'

/** Files that many tasks write to. */
export const hotFiles = ['src/routes.ts', 'src/schema.ts', 'package.json', 'src/types.ts'] as const

export function randomConfig(random: Random): Config {
  const agents = Array.from({ length: random.between(1, 3) }, (_, i) => ({
    name: `crew${i}`,
    executor: 'command' as const,
    command: 'agent',
    count: random.between(1, 4),
    ...(i > 0 && random.chance(0.2) ? { skills: ['sql', 'ui'] } : {}),
    ...(i > 0 && random.chance(0.1) ? { types: ['test'] } : {}),
  }))
  return configOf({
    agents,
    retry: {
      maxAttempts: random.between(2, 4),
      baseSeconds: 10,
      maxSeconds: 600,
      rotate: random.chance(0.7),
    },
    taskLimits: random.chance(0.5) ? { test: random.between(1, 2), api: 3 } : {},
    qualityGates: random.chance(0.7)
      ? { checks: { build: 'b', test: 't' }, requiredChecks: ['build', 'test'] }
      : {},
    runtimeLimits: {
      maxTaskMinutes: 20,
      drainMinutes: random.pick([0, 5, 15]),
      maxConsecutiveFailures: random.chance(0.3) ? 5 : 0,
      ...(random.chance(0.15) ? { maxTotalMinutes: random.between(60, 400) } : {}),
    },
  })
}

export function randomBacklog(random: Random, config: Config, count: number): Task[] {
  const flawed = random.chance(0.3)
  return Array.from({ length: count }, (_, i) => taskOf(randomTask(random, config, i, flawed)))
}

function randomTask(random: Random, config: Config, i: number, flawed: boolean): Given {
  const earlier = (): string => `T${random.between(Math.max(0, i - 30), i - 1)}`
  const dependencies =
    i > 3 && random.chance(0.6) ? Array.from({ length: random.between(1, 3) }, earlier) : []
  if (flawed && random.chance(0.01)) dependencies.push('T-nobody')
  if (flawed && random.chance(0.01)) dependencies.push(`T${i + 1}`)
  return {
    id: `T${i}`,
    dependencies: [...new Set(dependencies)],
    priority: random.pick(['critical', 'high', 'medium', 'medium', 'low']),
    type: random.pick(['task', 'task', 'api', 'test']),
    tags: random.chance(0.2) ? [random.pick(['ui', 'db', 'api'])] : [],
    files: random.chance(0.3) ? [random.pick([...hotFiles, `src/m${i % 20}/a.ts`, `src/m${i % 20}`])] : [],
    ...(random.chance(0.05) ? { requiredSkills: [flawed ? 'cobol' : 'sql'] } : {}),
    ...(random.chance(0.04) ? { agent: { seat: random.pick(config.seats).name } } : {}),
    ...(random.chance(0.02) ? { limits: { maxAttempts: 1 } } : {}),
  }
}
