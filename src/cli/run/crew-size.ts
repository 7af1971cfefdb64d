// `run -a N`: the configured crew cut to N seats, in turn from every kind, so that a mixed crew stays mixed.

import { JetpackError } from '../../core/fault.js'
import type { Agent, ConfigFile } from '../../core/schema/config.js'

/** Faults: `usage` for what is no number of seats, or more than the crew has. */
export function withCrewOf(file: ConfigFile, wanted: string): ConfigFile {
  const agents = file.agents ?? []
  const all = agents.reduce((sum, agent) => sum + (agent.count ?? 1), 0)
  if (!/^[1-9][0-9]{0,3}$/.test(wanted))
    throw new JetpackError(
      'usage',
      `Cannot run with --agents ${JSON.stringify(wanted)}: it is no number of seats.`,
      `The configured crew has ${all}.`,
    )
  if (Number(wanted) > all)
    throw new JetpackError(
      'usage',
      `Cannot run with ${wanted} agents: the configured crew has ${all}.`,
      'Raise "count" in jetpack.config.json.',
    )
  return { ...file, agents: cutTo(agents, Number(wanted)) }
}

function cutTo(agents: readonly Agent[], wanted: number): Agent[] {
  const counts = agents.map(() => 0)
  for (let left = wanted; left > 0; ) {
    for (const [i, agent] of agents.entries()) {
      const count = counts[i] ?? 0
      if (left === 0 || count >= (agent.count ?? 1)) continue
      counts[i] = count + 1
      left -= 1
    }
  }
  return agents.flatMap((agent, i) => ((counts[i] ?? 0) === 0 ? [] : [{ ...agent, count: counts[i] ?? 0 }]))
}
