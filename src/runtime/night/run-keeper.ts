// The keeper: restarts the orchestrator, with back-off, until the run has an end. It decides nothing about
// tasks. Too many deaths in a short time end the run as `crash_loop`: something is wrong that restarts do not cure.

import { spawn } from 'node:child_process'
import { JetpackError } from '../../core/fault.js'
import { isAlive } from '../../exec/process/triple.js'
import { acquireLifetimeLock } from '../../store/lock.js'
import { readRuns } from '../../store/run-folder.js'
import type { RepositoryContext } from '../repository-context.js'
import { livingOrchestrator } from './orchestrator-file.js'
import { recordCrashLoop } from './record-crash-loop.js'
import { readFrozenRun } from './run-file.js'

/** So many deaths within the window end the run. A run is worth more patience than a service: a person kills too. */
export const intensity = { deaths: 30, withinMs: 60_000 } as const
const backOff = { firstMs: 50, maxMs: 5_000, calmMs: 30_000 } as const
const pollMs = 250

/** Exit code: 0 when the run has ended, 4 for a crash loop. */
export async function runKeeper(context: RepositoryContext, signal: AbortSignal): Promise<number> {
  const { layout } = context
  await using _lock = await acquireLifetimeLock({
    lockFile: layout.keeperLock,
    visibleFolder: null,
    waitMs: 0,
    signal,
  })
  let deaths: number[] = []
  let waitMs: number = backOff.firstMs
  for (;;) {
    await waitForLivingOne(context, signal)
    if (await hasEnded(context)) return 0
    const began = performance.now()
    await orchestrate(context, signal)
    if (signal.aborted || (await hasEnded(context))) return 0
    const now = performance.now()
    deaths = [...deaths, now].filter(at => now - at < intensity.withinMs)
    if (deaths.length >= intensity.deaths) {
      await recordCrashLoop(context, signal)
      return 4
    }
    waitMs = now - began > backOff.calmMs ? backOff.firstMs : Math.min(backOff.maxMs, waitMs * 1.5)
    await pause(waitMs)
  }
}

/** True when the run in `run.json` has an end on record. A missing record means that it has hardly begun. */
export async function hasEnded(context: RepositoryContext): Promise<boolean> {
  const frozen = await readFrozenRun(context.layout)
  if (frozen === null)
    throw new JetpackError(
      'not_running',
      'Cannot keep a run: none has been started here.',
      'Run `jetpack run`.',
    )
  const { runs } = await readRuns(context.layout)
  const record = runs.find(run => run.id === frozen.id)
  return record !== undefined && record.end !== null
}

/** A keeper that was started for an orchestrator that lives waits for its end. */
async function waitForLivingOne(context: RepositoryContext, signal: AbortSignal): Promise<void> {
  const living = await livingOrchestrator(context.layout)
  if (living === null) return
  while (!signal.aborted && (await isAlive(living.process))) await pause(pollMs)
}

async function orchestrate(context: RepositoryContext, signal: AbortSignal): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=512', `${context.packageRoot}/bin/jetpack.js`, 'orchestrator-main'],
    {
      cwd: context.layout.home,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...context.agentEnv },
    },
  )
  const end = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', end)
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => resolve())
      child.once('error', reject)
    })
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
