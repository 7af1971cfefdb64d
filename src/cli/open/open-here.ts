// The repository around a folder, opened properly: git is asked.

import { openContext, type RepositoryContext } from '../../runtime/repository-context.js'
import type { Surroundings } from './surroundings.js'

/** Faults: `not_a_repository`, `repository_not_ours`, `git_missing`. */
export function openHere(around: Surroundings, folder: string = around.cwd): Promise<RepositoryContext> {
  const { packageRoot, runtimeFolder, user, agentEnv } = around
  return openContext(folder, { packageRoot, runtimeFolder, user, agentEnv }, around.signal)
}
