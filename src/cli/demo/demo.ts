// `jetpack demo`: the whole program on a real backlog, in a scratch repository, with simulated agents. Everything
// but the agents is the real thing: processes, gates, commits, landing.

import { readFile } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import { initRepository } from '../../runtime/init-repository.js'
import { openLocalEngine } from '../../runtime/local-engine.js'
import { startRun } from '../../runtime/night/start-run.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { readJetpackJsonl } from '../../store/formats/jetpack-jsonl.js'
import { openHere } from '../open/open-here.js'
import { readConfig } from '../open/read-config.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, printLine } from '../print/print.js'
import { preflight } from '../run/preflight.js'
import { showViewer } from '../run/show-viewer.js'
import { exitCodeOf, type Watched, watchHeadless } from '../run/watch-headless.js'
import { ask } from '../steer/send.js'
import { firstTasks } from './first-tasks.js'
import { makeScratchRepository } from './scratch-repository.js'
import { summaryLines } from './summary.js'

export interface DemoOptions {
  readonly dir?: string
  readonly tasks?: string
  readonly headless?: true
}

const simulated = 'The agents are simulated: no model is asked and nothing costs anything. All else is real.'

export async function demo(around: Surroundings, options: DemoOptions): Promise<number> {
  const count = options.tasks === undefined ? null : taskCount(options.tasks)
  const folder = await makeScratchRepository(around, options.dir ?? null)
  const context = await openHere(around, folder)
  printLine(`Demo in ${plain(context.layout.home)}. ${simulated}`)
  await initRepository(context, around.signal)
  const { config, file } = await fillBacklog(context, around, count)
  const { runId } = await startRun(context, config, file, { signal: around.signal })
  const end = await watch(context, around, runId, options.headless === true || !around.onTerminal)
  if (end === 'left') {
    printLine(
      `The demo goes on in ${plain(context.layout.home)}. There, \`jetpack attach\` comes back to it and \`jetpack stop\` ends it.`,
    )
    return 0
  }
  for (const line of await summaryLines(context, runId, end, around.signal)) printLine(line)
  return exitCodeOf(end)
}

async function fillBacklog(context: RepositoryContext, around: Surroundings, count: number | null) {
  const path = `${around.packageRoot}/examples/loan-system/tasks.jsonl`
  const { tasks } = readJetpackJsonl(await readFile(path), 'loan-system', Date.now())
  const chosen = count === null ? tasks : firstTasks(tasks, count)
  const { config } = await readConfig(context.layout.home)
  await using engine = await openLocalEngine(context, config, around.signal)
  const { message } = await ask(engine, around, {
    name: 'import',
    args: { tasks: chosen, source: 'loan-system', flawed: false },
  })
  const ready = await preflight(context, undefined)
  printLine(`${plain(message)} A crew of ${ready.config.seats.length} simulated seats works on them.`)
  return ready
}

/** How the run ended, or `left` when the person went away while it goes on. */
async function watch(
  context: RepositoryContext,
  around: Surroundings,
  runId: string,
  asLines: boolean,
): Promise<Watched['end'] | 'left'> {
  if (!asLines) {
    const exit = await showViewer(context, around, 'demo')
    if (exit.kind === 'left' || exit.kind === 'gone') return 'left'
    if (exit.kind === 'stopped') printLine('Stopping the demo…')
  }
  const { end } = await watchHeadless(context, around, { runId, stopsOnInterrupt: true })
  return end
}

function taskCount(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text)
  throw new JetpackError(
    'usage',
    `Cannot show a demo with --tasks ${JSON.stringify(text)}: it is no number of tasks.`,
    'For example: jetpack demo --tasks 30',
  )
}
