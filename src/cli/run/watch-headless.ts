// Watches a run without a screen: a line whenever the numbers change, until the run has an end on record. It
// outlives restarts of the orchestrator; it gives up only when nobody is left who could go on.

import { setTimeout as sleep } from 'node:timers/promises'
import { JetpackError } from '../../core/fault.js'
import type { EndState } from '../../core/model/run.js'
import type { StatusView } from '../../core/wire/views.js'
import { followEvents } from '../../link/follow.js'
import type { SocketEngine } from '../../link/socket-engine.js'
import type { RepositoryContext } from '../../runtime/repository-context.js'
import { isLockHeld } from '../../store/lock.js'
import { readRuns } from '../../store/run-folder.js'
import { socketEngine } from '../open/connect.js'
import type { Surroundings } from '../open/surroundings.js'
import { plain, printNote } from '../print/print.js'
import { onInterrupts } from './interrupts.js'
import { ProgressLines } from './progress-lines.js'

export interface WatchOptions {
  readonly runId: string
  /** Ctrl-C stops the run instead of leaving it. */
  readonly stopsOnInterrupt: boolean
}

export interface Watched {
  /** `abandoned`: neither keeper nor orchestrator live, and the run has no end. */
  readonly end: EndState | 'abandoned'
  readonly sentence: string
}

const exitCodes: Readonly<Record<Watched['end'], number>> = {
  all_tasks_complete: 0,
  nothing_runnable: 1,
  time_limit: 3,
  budget_exhausted: 3,
  stopped: 3,
  crash_loop: 4,
  abandoned: 4,
}

export function exitCodeOf(end: Watched['end']): number {
  return exitCodes[end]
}

/** How often the run record is looked at while nobody answers. */
const lookMs = 500
/** Neither keeper nor orchestrator for so long: nobody will go on by itself. */
const abandonedMs = 10_000

/** How long the last tidying after a run may be waited for. */
const quietMs = 15_000

/** Prints progress until the run ends. */
export async function watchHeadless(
  context: RepositoryContext,
  around: Surroundings,
  options: WatchOptions,
): Promise<Watched> {
  const done = new AbortController()
  const signal = AbortSignal.any([around.signal, done.signal])
  using engine = socketEngine(context.layout, around)
  using lines = new ProgressLines()
  using _interrupts = options.stopsOnInterrupt ? onInterrupts(engine, around) : null
  const link = { isUp: false }
  try {
    const end = await Promise.race([
      followRun(engine, options.runId, lines, link, signal),
      lookWhileDown(context, options.runId, link, signal),
    ])
    lines.flush()
    done.abort()
    await untilQuiet(context, around.signal)
    return { end, sentence: sentenceOf(options.runId, end, lines.last) }
  } finally {
    done.abort()
  }
}

/**
 * Waits until the keeper has gone home, so that whoever reads the repository next meets no tidying. Where other
 * viewers keep the orchestrator up, it waits its time and goes on.
 */
async function untilQuiet(context: RepositoryContext, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + quietMs
  while (performance.now() < deadline && (await isLockHeld(context.layout.keeperLock)))
    await sleep(100, undefined, { signal })
}

async function followRun(
  engine: SocketEngine,
  runId: string,
  lines: ProgressLines,
  link: { isUp: boolean },
  signal: AbortSignal,
): Promise<EndState> {
  for await (const news of followEvents(engine, signal)) {
    if (news.kind === 'link') link.isUp = news.state === 'up'
    else if (news.kind === 'announced') {
      if (news.level === 'warning') printNote(`! ${plain(news.text)}`)
    } else {
      const status = news.kind === 'changed' ? news.status : await statusNow(engine, signal)
      if (status === null) continue
      lines.show(status)
      const end = status.run?.id === runId ? status.run.end : null
      if (end !== null) return end as EndState
    }
  }
  // The signal was aborted: the other watcher has the answer, or the whole command is over.
  return new Promise<never>(() => {})
}

async function statusNow(engine: SocketEngine, signal: AbortSignal): Promise<StatusView | null> {
  try {
    return await engine.status(signal)
  } catch (error) {
    // It died between its greeting and our question; the next one greets again.
    if (error instanceof JetpackError || signal.aborted) return null
    throw error
  }
}

async function lookWhileDown(
  context: RepositoryContext,
  runId: string,
  link: { isUp: boolean },
  signal: AbortSignal,
): Promise<Watched['end']> {
  let aloneMs = 0
  while (!signal.aborted) {
    await sleep(lookMs, undefined, { signal }).catch(() => {
      // Aborted: the loop ends.
    })
    if (link.isUp || signal.aborted) {
      aloneMs = 0
      continue
    }
    const { runs } = await readRuns(context.layout)
    const end = runs.find(run => run.id === runId)?.end ?? null
    if (end !== null) return end
    aloneMs = (await isLockHeld(context.layout.keeperLock)) ? 0 : aloneMs + lookMs
    if (aloneMs >= abandonedMs) return 'abandoned'
  }
  return new Promise<never>(() => {})
}

function sentenceOf(runId: string, end: Watched['end'], status: StatusView | null): string {
  const counts =
    status === null ? '' : ` ${status.counts.completed} of ${status.counts.total} tasks are completed.`
  switch (end) {
    case 'all_tasks_complete':
      return `Run ${runId} ended: all tasks are complete.`
    case 'nothing_runnable':
      return `Run ${runId} ended: nothing can run until a person acts.${counts} \`jetpack list\` says why.`
    case 'time_limit':
      return `Run ${runId} ended: its time is up.${counts}`
    case 'budget_exhausted':
      return `Run ${runId} ended: its budget is used up.${counts}`
    case 'stopped':
      return `Run ${runId} was stopped.${counts} \`jetpack run\` starts the next one.`
    case 'crash_loop':
      return `Run ${runId} ended: the orchestrator died too often.${counts} \`jetpack doctor\` looks for the cause.`
    case 'abandoned':
      return `Run ${runId} has no end, but its keeper and orchestrator are gone.${counts} \`jetpack run\` goes on with it.`
  }
}
