// Which repository this is about, and where its things lie. Opened once by whoever starts: the CLI, the keeper,
// the orchestrator.

import { type Layout, layoutOf } from '../core/layout.js'
import { openRepository, type Repository } from '../git/repository.js'

export interface RepositoryContext {
  readonly repository: Repository
  readonly layout: Layout
  /** Where short-lived sockets may go when the path in the git folder is too long for one. */
  readonly runtimeFolder: string
  /** Folder of the installed package: `bin/`, `schemas/`, `dist/`. */
  readonly packageRoot: string
  /** Who acts, for the history. */
  readonly user: string
  /** The environment that our processes, agents and gates start from. */
  readonly agentEnv: Readonly<Record<string, string>>
}

/** Fails with `not_a_repository` or `repository_not_ours`. */
export async function openContext(
  cwd: string,
  surroundings: Pick<RepositoryContext, 'runtimeFolder' | 'packageRoot' | 'user' | 'agentEnv'>,
  signal: AbortSignal,
): Promise<RepositoryContext> {
  const repository = await openRepository(cwd, signal)
  return { repository, layout: layoutOf(repository.home, repository.commonDir), ...surroundings }
}
