// Launches an agent under its reaper. Output goes to files by raw descriptors, never through pipes of ours: a
// dead orchestrator breaks nothing. The agent does nothing before its identity is on the disk.

import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, chmod, type FileHandle, mkdir, open, rm, stat, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { JetpackError } from '../../core/fault.js'
import { AttemptControl } from './attempt-control.js'
import { attemptFiles, readAttemptState, readReaperExit } from './attempt-state.js'
import { sweepMark } from './sweep.js'
import { lastLines } from './tail.js'
import { isAlive } from './triple.js'
import { PathWatch } from './watch-path.js'

const startDeadlineMs = 10_000
const reaperScript = fileURLToPath(new URL('../../../../bin/reaper.pl', import.meta.url))

export interface LaunchPlan {
  /** Made with mode 0700; everything of the attempt lies in it. */
  readonly folder: string
  readonly cwd: string
  readonly argv: readonly string[]
  /** The whole environment: nothing of ours is added but `JETPACK_MARK`. */
  readonly env: Readonly<Record<string, string>>
  /** Becomes `prompt.md` and the agent's standard input. */
  readonly prompt: string
  readonly mark: string
  readonly epoch: number
  /** After so long without an owner the reaper ends the tree. */
  readonly adoptSeconds: number
  /** Takes both streams in place of `out.jsonl` and `err.log`. */
  readonly outputFile?: string
}

export interface LaunchedAttempt {
  /** The reaper: root of the attempt's process tree. */
  readonly pid: number
  readonly control: AttemptControl
}

/** Resolves when the agent has been executed. Fails with `spawn_failed`, nothing being left behind then. */
export async function launchAttempt(plan: LaunchPlan, signal: AbortSignal): Promise<LaunchedAttempt> {
  signal.throwIfAborted()
  await requireFolder(plan.cwd)
  await prepareFolder(plan)
  await using output = await openOutput(plan)
  const perl = await findPerl()
  const reaper = spawnReaper(perl, plan, output)
  try {
    const pid = await agentStarted(plan, reaper.failure, signal)
    // Null when the agent has ended already: a quick one does.
    return { pid, control: (await AttemptControl.open(plan.folder)) ?? AttemptControl.ended() }
  } catch (error) {
    reaper.kill()
    await sweepMark(plan.mark, [], { signal: AbortSignal.timeout(startDeadlineMs) })
    throw error
  }
}

async function requireFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (found?.isDirectory() === true) return
  throw new JetpackError(
    'spawn_failed',
    `Cannot start an agent in "${cwd}": there is no such folder.`,
    'The workspace was removed; retry with --fresh to make a new one.',
  )
}

async function prepareFolder({ folder, prompt }: LaunchPlan): Promise<void> {
  const before = await readAttemptState(folder)
  if (before !== null && (await isAlive(before.reaper))) {
    throw new JetpackError(
      'spawn_failed',
      `Cannot start an agent with the folder "${folder}": one of an earlier start still runs there (pid ${before.reaper.pid}).`,
    )
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  // Left-overs of an earlier start would speak for this one.
  for (const name of ['exit', 'state', 'tree', 'control'] as const) {
    await rm(`${folder}/${attemptFiles[name]}`, { force: true })
  }
  await writeFile(`${folder}/${attemptFiles.prompt}`, prompt, { mode: 0o600 })
}

interface Output extends AsyncDisposable {
  readonly out: number
  readonly err: number
}

async function openOutput(plan: LaunchPlan): Promise<Output> {
  const append = (path: string): Promise<FileHandle> => open(path, 'a', 0o600)
  const out = await append(plan.outputFile ?? `${plan.folder}/${attemptFiles.output}`)
  const err = plan.outputFile === undefined ? await append(`${plan.folder}/${attemptFiles.errors}`) : null
  return {
    out: out.fd,
    err: (err ?? out).fd,
    [Symbol.asyncDispose]: async () => {
      await out.close()
      await err?.close()
    },
  }
}

async function findPerl(): Promise<string> {
  for (const path of ['/usr/bin/perl', '/usr/local/bin/perl', '/opt/homebrew/bin/perl', '/bin/perl']) {
    const works = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (works) return path
  }
  throw new JetpackError(
    'spawn_failed',
    'Cannot start an agent: no perl in /usr/bin, /usr/local/bin, /opt/homebrew/bin or /bin.',
    'Install perl (Debian and Ubuntu: apt-get install perl-base); the reaper that guards every agent needs it.',
  )
}

interface Reaper {
  /** Resolves with what went wrong when the reaper itself ends badly; pends otherwise. */
  readonly failure: Promise<string>
  kill(): void
}

function spawnReaper(perl: string, plan: LaunchPlan, output: Output): Reaper {
  const { folder, mark, epoch, adoptSeconds, argv } = plan
  const parameters = [reaperScript, folder, mark, String(epoch), String(adoptSeconds), '--', ...argv]
  // Plain spawn, not execa: raw descriptors, and nobody waits for this child.
  const child = spawn(perl, parameters, {
    cwd: plan.cwd,
    env: { ...plan.env, JETPACK_MARK: mark },
    detached: true,
    stdio: ['ignore', output.out, output.err],
  })
  child.unref()
  const failure = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => {
      if (code !== 0) resolve(`it ended with ${code ?? signal}`)
    })
  })
  return { failure, kill: () => void child.kill('SIGKILL') }
}

async function agentStarted(
  plan: LaunchPlan,
  failure: Promise<string>,
  signal: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + startDeadlineMs
  const fault = new AbortController()
  const waiting = AbortSignal.any([signal, fault.signal])
  void failure.then(text => fault.abort(text))
  for (;;) {
    using change = new PathWatch(plan.folder)
    const exit = await readReaperExit(plan.folder)
    if (exit?.kind === 'failed') throw cannotExecute(plan, exit.reason)
    const state = await readAttemptState(plan.folder)
    if (state !== null && state.phase !== 'starting') return state.reaper.pid
    if (fault.signal.aborted) throw await reaperFailed(plan, String(fault.signal.reason))
    if (performance.now() >= deadline) throw await reaperFailed(plan, 'it did not answer within 10 seconds')
    await change.next(50, waiting).catch(error => {
      // A reaper that failed only cuts the wait short: the next round tells what it left.
      if (signal.aborted) throw error
    })
  }
}

function cannotExecute(plan: LaunchPlan, reason: string): JetpackError {
  return new JetpackError(
    'spawn_failed',
    `Cannot start the agent "${plan.argv[0] ?? ''}": ${reason}.`,
    'Check the command of the seat or task, and that it is installed and executable.',
  )
}

async function reaperFailed(plan: LaunchPlan, what: string): Promise<JetpackError> {
  const errors = plan.outputFile ?? `${plan.folder}/${attemptFiles.errors}`
  const said = await lastLines(errors, 3, 2000)
  const detail = said === '' ? '' : ` It said: ${said}`
  return new JetpackError('spawn_failed', `Cannot start the reaper of an agent: ${what}.${detail}`)
}
