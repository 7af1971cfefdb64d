// What must hold before a run is started, checked in the order in which a person would set it up. Each fault is one
// sentence with what to do.

import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import type { Config } from '../../core/model/config.js'
import type { ConfigFile } from '../../core/schema/config.js'
import { requireCommits } from '../../git/repository.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { isLockHeld } from '../../store/lock.js'
import { readConfig, requireInitialised, resolveWithScripts } from '../open/read-config.js'
import { withCrewOf } from './crew-size.js'

export interface Ready {
  readonly file: ConfigFile
  readonly config: Config
}

/** The smallest configuration that runs something real. */
export const configExample =
  '{ "agents": [ { "name": "builder", "executor": "command", "count": 2, "command": ["./agent.sh"] } ] }'

/** Whether a keeper holds this repository: a run is going on, even while its orchestrator is being restarted. */
export function isRunGoingOn(context: RepositoryContext): Promise<boolean> {
  return isLockHeld(context.layout.keeperLock)
}

/** Faults: `repository_has_no_commits`, `not_initialised`, `config_invalid`, `no_agents`, `write_failed`, `usage`. */
export async function preflight(context: RepositoryContext, agents: string | undefined): Promise<Ready> {
  requireCommits(context.repository)
  requireInitialised(context.layout)
  const { file: written } = await readConfig(context.layout.home)
  if ((written.agents ?? []).length === 0) throw noAgents(written)
  const file = agents === undefined ? written : withCrewOf(written, agents)
  const config = await resolveWithScripts(file, context.layout.home)
  await requireTasks(context)
  await requireWritable(context)
  return { file, config }
}

function noAgents(file: ConfigFile): JetpackError {
  const asked =
    file.numAgents === undefined
      ? 'no agents are configured'
      : `"numAgents": ${file.numAgents} asks for claude seats, which this version cannot drive yet`
  return new JetpackError(
    'no_agents',
    `Cannot run: ${asked}.`,
    `Name a crew in jetpack.config.json, for example ${configExample}. This version has the executors "command" (any program) and "sim" (a simulation); claude, codex, gemini and opencode come next.`,
  )
}

async function requireTasks({ layout }: RepositoryContext): Promise<void> {
  try {
    if ((await readdir(layout.tasks)).some(name => name.endsWith('.json'))) return
  } catch (error) {
    // Cleaned away: the orchestrator restores the files from the task branch.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  throw new JetpackError(
    'usage',
    'Cannot run: there are no tasks.',
    'Write some with `jetpack add TITLE` or `jetpack import FILE`.',
  )
}

async function requireWritable({ layout }: RepositoryContext): Promise<void> {
  for (const folder of [layout.beads, layout.tasks, layout.runs, layout.worktrees, layout.state]) {
    try {
      await access(folder, constants.W_OK | constants.X_OK)
    } catch (cause) {
      // What is missing is made at the start of the run; what is there must be ours to write.
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') continue
      throw new JetpackError(
        'write_failed',
        `Cannot run: "${folder}" is not writable for your user.`,
        `Make it so, for example: chmod u+rwx "${folder}"`,
        cause,
      )
    }
  }
}
