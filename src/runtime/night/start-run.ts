// `jetpack run`: begins a night, or goes on with one that has no end, and waits until its orchestrator answers.

import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { JetpackError } from '../../core/fault.js'
import type { Config } from '../../core/model/config.js'
import type { ConfigFile } from '../../core/schema/config.js'
import { socketAddress } from '../../core/wire/socket-address.js'
import { isLockHeld } from '../../store/lock.js'
import { readRuns } from '../../store/run-folder.js'
import type { RepositoryContext } from '../repository-context.js'
import { readFrozenRun, writeFrozenRun } from './run-file.js'
import { hasEnded } from './run-keeper.js'
import { keeperLog, spawnKeeper } from './spawn-keeper.js'

/** How long the orchestrator may take to boot: a large backlog with many left-over processes included. */
export const bootDeadlineMs = 120_000
const pollMs = 50

/** Fails with `already_running` while a keeper lives, and with `orchestrator_silent` when nothing comes up. */
export async function startRun(
  context: RepositoryContext,
  config: Config,
  file: ConfigFile,
  options: { readonly signal: AbortSignal },
): Promise<{ readonly runId: string; readonly continued: boolean }> {
  if (await isLockHeld(context.layout.keeperLock)) {
    throw new JetpackError(
      'already_running',
      'A run is going on in this repository already.',
      '`jetpack attach` shows it, `jetpack stop` ends it.',
    )
  }
  const before = await readFrozenRun(context.layout)
  const continued = before !== null && !(await hasEnded(context))
  const runId = continued ? before.id : await newRunId(context)
  if (!continued)
    await writeFrozenRun(context.layout, {
      id: runId,
      startedAt: new Date().toISOString(),
      startedBy: context.user,
      config,
      file,
    })
  await spawnKeeper(context)
  await waitUntilAnswering(context, options.signal)
  return { runId, continued }
}

/** `night-20260131`, with a letter behind for the second and later runs of a day. */
async function newRunId(context: RepositoryContext): Promise<string> {
  const { runs } = await readRuns(context.layout)
  const taken = new Set(runs.map(run => run.id))
  const base = `night-${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`
    if (!taken.has(id)) return id
  }
}

async function waitUntilAnswering(context: RepositoryContext, signal: AbortSignal): Promise<void> {
  const path = socketAddress(context.layout.socket, context.runtimeFolder)
  const deadline = performance.now() + bootDeadlineMs
  while (performance.now() < deadline) {
    signal.throwIfAborted()
    if (await accepts(path)) return
    await new Promise(resolve => setTimeout(resolve, pollMs))
    if (!(await isLockHeld(context.layout.keeperLock)) && (await hasEnded(context))) return
  }
  const log = await readFile(keeperLog(context), 'utf8')
  throw new JetpackError(
    'orchestrator_silent',
    `The orchestrator did not come up within ${bootDeadlineMs / 1000} s; its last words: ${log.trim().split('\n').slice(-3).join(' / ')}`,
    `The whole log: ${keeperLog(context)}`,
  )
}

function accepts(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Nobody there yet: the caller asks again.
    socket.once('error', () => resolve(false))
  })
}
