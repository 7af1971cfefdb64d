// `jetpack attach`: looks at the run that is going on. Leaving changes nothing.

import { JetpackError } from '../../core/fault.js'
import { connectLive } from '../open/connect.js'
import { openHere } from '../open/open-here.js'
import type { Surroundings } from '../open/surroundings.js'
import { printLine } from '../print/print.js'
import { showViewer } from './show-viewer.js'
import { exitCodeOf, watchHeadless } from './watch-headless.js'

export interface AttachOptions {
  readonly headless?: true
}

export async function attach(around: Surroundings, options: AttachOptions): Promise<number> {
  const context = await openHere(around)
  const runId = await livingRun(around)
  if (!options.headless && around.onTerminal) {
    await showViewer(context, around, 'attach')
    return 0
  }
  const watched = await watchHeadless(context, around, { runId, stopsOnInterrupt: false })
  printLine(watched.sentence)
  return exitCodeOf(watched.end)
}

async function livingRun(around: Surroundings): Promise<string> {
  await using connection = await connectLive(around)
  const { run } = await connection.engine.status(around.signal)
  if (run !== null) return run.id
  throw new JetpackError(
    'not_running',
    'Cannot attach: the orchestrator has no run.',
    'Start one with `jetpack run`.',
  )
}
