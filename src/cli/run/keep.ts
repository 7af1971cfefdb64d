// The bodies of the processes that carry a run. They end with their work: nothing that is left open may hold them.

import { runKeeper } from '../../runtime/night/run-keeper.js'
import { runOrchestrator } from '../../runtime/night/run-orchestrator.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { openHere } from '../open/open-here.js'
import type { Surroundings } from '../open/surroundings.js'
import { reportFault } from '../print/report-fault.js'

export function keeperMain(around: Surroundings): Promise<never> {
  return live(around, runKeeper)
}

export function orchestratorMain(around: Surroundings): Promise<never> {
  return live(around, runOrchestrator)
}

async function live(
  around: Surroundings,
  body: (context: RepositoryContext, signal: AbortSignal) => Promise<number>,
): Promise<never> {
  const asked = new AbortController()
  const end = (): void => asked.abort()
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  // The terminal that started us is none of our business.
  process.on('SIGHUP', () => {})
  try {
    process.exit(await body(await openHere(around), asked.signal))
  } catch (error) {
    process.exit(reportFault(error, false))
  }
}
