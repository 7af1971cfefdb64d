// Runs one gate and ends everything it started. It stands under a reaper like an agent, with a mark of its own, so
// a gate whose orchestrator dies ends too. A gate that did not run is never green and never charged to a task.

import { randomUUID } from 'node:crypto'
import { mkdir, rm, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JetpackError } from '../../core/fault.js'
import type { Exit } from '../../core/messages/verdict.js'
import type { GateSpec } from '../../core/model/config.js'
import { endOf, fingerprintOf, lastWords, plainText } from '../failure-text.js'
import { keepCapped } from '../process/cap-log.js'
import { endAttempt } from '../process/end-attempt.js'
import { launchAttempt } from '../process/launch-attempt.js'
import { lastLines } from '../process/tail.js'
import { waitForExit } from '../process/watch-exit.js'
import { gateEnvironment } from './gate-environment.js'

/** Output beyond this loses its middle. */
const outputLimitBytes = 4 * 1024 * 1024
const capEveryMs = 500
/** A gate without an orchestrator is of no use to anybody. */
const orphanSeconds = 5
const graceMs = 2000
const tail = { lines: 60, bytes: 8192, characters: 8000 } as const

export interface GateRequest {
  readonly gate: GateSpec
  readonly cwd: string
  /** The whole environment; PATH gets the project's tools in front. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Written anew; both streams in the order of writing. Its folder is made if need be. */
  readonly outFile: string
  readonly signal: AbortSignal
}

export interface GateRun {
  readonly state: 'green' | 'red' | 'infra'
  readonly ms: number
  /** Null when green: the last words of the gate, or why it did not run. */
  readonly reason: string | null
  /** Equal for equal failures; null unless red. */
  readonly fingerprint: string | null
  /** The end of the output, made plain. */
  readonly outputTail: string
}

type Ending = Exit | { readonly kind: 'timedOut' } | { readonly kind: 'notStarted'; readonly reason: string }

/** Rejects with the signal's reason when aborted, the gate's processes having been ended. */
export async function runGate(request: GateRequest): Promise<GateRun> {
  const began = performance.now()
  const folder = `${request.outFile}.run`
  await mkdir(dirname(request.outFile), { recursive: true, mode: 0o700 })
  await emptied(request.outFile)
  try {
    const ending = await withCappedOutput(request, () => run(request, folder, `gate-${randomUUID()}`))
    return await judge(request, ending, Math.round(performance.now() - began))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function run(request: GateRequest, folder: string, mark: string): Promise<Ending> {
  const { gate, cwd, outFile, signal } = request
  const plan = {
    folder,
    cwd,
    argv: ['/bin/sh', '-c', gate.command],
    env: gateEnvironment(request.env, cwd),
    prompt: '',
    mark,
    epoch: 0,
    adoptSeconds: orphanSeconds,
    outputFile: outFile,
  }
  try {
    const { control } = await launchAttempt(plan, signal)
    await using _owned = control
    return await endingOf(request, folder, mark)
  } catch (error) {
    if (error instanceof JetpackError && error.code === 'spawn_failed')
      return { kind: 'notStarted', reason: error.message }
    throw error
  }
}

async function endingOf(request: GateRequest, folder: string, mark: string): Promise<Ending> {
  const timeout = AbortSignal.timeout(request.timeoutMs)
  try {
    const exit = await waitForExit(folder, { signal: AbortSignal.any([request.signal, timeout]) })
    if (exit.kind === 'lost') await end(request, folder, mark)
    return exit
  } catch (error) {
    if (!timeout.aborted && !request.signal.aborted) throw error
    await end(request, folder, mark)
    if (request.signal.aborted) throw error
    return { kind: 'timedOut' }
  }
}

async function withCappedOutput(request: GateRequest, work: () => Promise<Ending>): Promise<Ending> {
  const over = new AbortController()
  // A fault of the cap waits until the gate has ended: its processes come first.
  const [ended, capped] = await Promise.allSettled([
    work().finally(() => over.abort()),
    keepCapped(request.outFile, outputLimitBytes, { everyMs: capEveryMs, signal: over.signal }),
  ])
  if (ended.status === 'rejected') throw ended.reason
  if (capped.status === 'rejected') throw capped.reason
  return ended.value
}

/** With a signal of its own: also an aborted gate is ended. */
async function end(request: GateRequest, folder: string, mark: string): Promise<void> {
  const ended = await endAttempt({ folder, mark, graceMs, signal: AbortSignal.timeout(60_000) })
  if (ended.gone) return
  throw new JetpackError(
    'spawn_failed',
    `Cannot end the gate "${request.gate.name}": process ${ended.pids.join(', ')} does not die.`,
    'It belongs to another user or hangs in the kernel; end it by hand.',
  )
}

async function judge(
  { gate, outFile, timeoutMs }: GateRequest,
  ending: Ending,
  ms: number,
): Promise<GateRun> {
  const outputTail = endOf(plainText(await lastLines(outFile, tail.lines, tail.bytes)), tail.characters)
  const didNotRun = (reason: string): GateRun => ({
    state: 'infra',
    ms,
    reason,
    fingerprint: null,
    outputTail,
  })
  const red = async (how: string): Promise<GateRun> => {
    const reason = (await lastWords([outFile])) ?? `The gate ${how} and said nothing.`
    return { state: 'red', ms, reason, fingerprint: fingerprintOf(`gate ${gate.name}`, reason), outputTail }
  }
  switch (ending.kind) {
    case 'exited':
      if (ending.code === 0) return { state: 'green', ms, reason: null, fingerprint: null, outputTail }
      if (ending.code === 126 || ending.code === 127) {
        const words = (await lastWords([outFile])) ?? 'no output'
        return didNotRun(`Its command could not be executed (exit code ${ending.code}): ${words}`)
      }
      return red(`ended with exit code ${ending.code}`)
    case 'signalled':
      return red(`was ended by signal ${ending.signal}`)
    case 'lost':
      return didNotRun('It vanished together with its reaper.')
    case 'timedOut':
      return didNotRun(`It did not end within ${timeoutMs / 1000} s.`)
    case 'notStarted':
      return didNotRun(ending.reason)
  }
}

async function emptied(path: string): Promise<void> {
  try {
    await truncate(path)
  } catch (error) {
    // Not written before.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
