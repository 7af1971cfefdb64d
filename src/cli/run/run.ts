// `jetpack run`: starts the night and then only watches it. The run belongs to the keeper; whatever happens to
// this process or its terminal, it goes on.

import { JetpackError } from '../../core/fault.js'
import { requireCommits } from '../../git/repository.js'
import { startRun } from '../../runtime/night/start-run.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { openHere } from '../open/open-here.js'
import type { Surroundings } from '../open/surroundings.js'
import { printLine } from '../print/print.js'
import { isRunGoingOn, preflight } from './preflight.js'
import { showViewer } from './show-viewer.js'
import { exitCodeOf, watchHeadless } from './watch-headless.js'

export interface RunOptions {
  readonly headless?: true
  readonly detach?: true
  readonly agents?: string
}

export async function run(around: Surroundings, options: RunOptions): Promise<number> {
  const context = await openHere(around)
  requireCommits(context.repository)
  const asLines = options.headless === true || !around.onTerminal
  if (await isRunGoingOn(context)) return attachInstead(context, around, asLines || options.detach === true)
  const { config, file } = await preflight(context, options.agents)
  const { runId, continued } = await startRun(context, config, file, { signal: around.signal })
  const begun = continued ? `Going on with run ${runId}` : `Run ${runId} started`
  if (options.detach) {
    printLine(`${begun}. \`jetpack attach\` shows it, \`jetpack status\` counts, \`jetpack stop\` ends it.`)
    return 0
  }
  if (!asLines) {
    await showViewer(context, around, 'attach')
    return 0
  }
  printLine(`${begun} with ${config.seats.length} seats. Ctrl-C stops it, twice stops it at once.`)
  const watched = await watchHeadless(context, around, { runId, stopsOnInterrupt: true })
  printLine(watched.sentence)
  return exitCodeOf(watched.end)
}

/** A run is going on: whoever sits at a terminal wants to see it, a script must be told. */
async function attachInstead(
  context: RepositoryContext,
  around: Surroundings,
  asLines: boolean,
): Promise<number> {
  if (asLines)
    throw new JetpackError(
      'already_running',
      'Cannot start a run: one is going on in this repository already.',
      '`jetpack attach` shows it, `jetpack stop` ends it.',
    )
  await showViewer(context, around, 'attach')
  return 0
}
