// Starts the keeper in a session of its own, so that neither a hang-up of the terminal nor the end of whoever
// started it reaches it.

import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import type { RepositoryContext } from '../repository-context.js'

/** Output of keeper and orchestrator, for faults that reach no journal. */
export function keeperLog(context: RepositoryContext): string {
  return `${context.layout.journal}/keeper.log`
}

export async function spawnKeeper(context: RepositoryContext): Promise<void> {
  await mkdir(context.layout.journal, { recursive: true, mode: 0o700 })
  const log = await open(keeperLog(context), 'a', 0o600)
  try {
    const child = spawn(process.execPath, [`${context.packageRoot}/bin/jetpack.js`, 'keeper-main'], {
      cwd: context.layout.home,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...context.agentEnv },
    })
    child.unref()
  } finally {
    await log.close()
  }
}
