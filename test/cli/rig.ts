// Runs the built program as a person would: a process of its own with a clean environment, in scratch repositories
// outside of any other repository. What a test starts in the background it ends by pid.

import { spawn } from 'node:child_process'
import { access, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type t from 'tap'

type Test = Pick<typeof t, 'teardown'>

/** Compiled dist/test/cli/rig.js lies three folders below the package. */
export const packageRoot = resolve(fileURLToPath(new URL('../../../', import.meta.url)))
export const program = join(packageRoot, 'bin/jetpack.js')
export const sharedFolder = resolve(packageRoot, '../shared')

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Longest time that one command may take before it is killed. */
const deadlineMs = 240_000

export interface Started {
  /** `env` becomes the program, so this is the program's own. */
  readonly pid: number
  readonly ended: Promise<Ended>
}

/** Runs a program to its end. */
export function execute(
  cwd: string,
  argv: readonly string[],
  options: { readonly uid?: number } = {},
): Promise<Ended> {
  return start(cwd, argv, options).ended
}

/** Starts a program. tap puts NODE_OPTIONS into every child, which `env -i` takes out again. */
export function start(
  cwd: string,
  argv: readonly string[],
  options: { readonly uid?: number } = {},
): Started {
  const variables = {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    LANG: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  }
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const child = spawn('env', ['-i', ...assignments, ...argv], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text
  })
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail)
    child.once('close', code => {
      clearTimeout(timer)
      done({ code: code ?? -1, ...texts })
    })
  })
  return { pid: child.pid ?? 0, ended }
}

export function jetpack(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return execute(cwd, [process.execPath, program, ...args])
}

export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await execute(cwd, [
    'git',
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.com',
    ...args,
  ])
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout.trim()
}

/** A folder outside of every repository, removed at the end of the test. */
export async function scratchFolder(test: Test): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'jetpack-cli-test-')))
  test.teardown(async () => {
    await endRun(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

/** A repository with one commit, prepared by `jetpack init`; `files` are written and committed. */
export async function repository(test: Test, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await scratchFolder(test)
  await git(folder, 'init', '-q', '-b', 'main')
  await writeFile(join(folder, 'README.md'), 'A project.\n')
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o755 })
  await git(folder, 'add', '.')
  await git(folder, 'commit', '-q', '-m', 'Begin')
  const { code, stderr } = await jetpack(folder, 'init')
  if (code !== 0) throw new Error(`init ended with ${code}: ${stderr}`)
  return folder
}

/** Asks until the answer is there. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
    await sleep(100)
  }
}

/** Pids of keeper and orchestrator, as they say themselves; dead ones are left out. */
export async function runPids(
  folder: string,
): Promise<{ keeper: number | null; orchestrator: number | null }> {
  const state = join(folder, '.git/jetpack')
  return {
    keeper: await livingPid(join(state, 'keeper.lock'), value => (value as { pid?: number }).pid),
    orchestrator: await livingPid(
      join(state, 'orchestrator.json'),
      value => (value as { process?: { pid?: number } }).process?.pid,
    ),
  }
}

async function livingPid(
  file: string,
  pidOf: (value: unknown) => number | undefined,
): Promise<number | null> {
  try {
    await access(file)
    const pid = pidOf(JSON.parse(await readFile(file, 'utf8')))
    if (pid === undefined) return null
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return command.includes('jetpack.js') ? pid : null
  } catch {
    // No file, a torn one, or no such process: nobody lives.
    return null
  }
}

/** Ends what a failed test may have left: the run first, then by pid whoever carries it. */
async function endRun(folder: string): Promise<void> {
  if ((await runPids(folder)).keeper === null) return
  await jetpack(folder, 'stop', '--now')
  for (let i = 0; i < 50; i += 1) {
    const { keeper, orchestrator } = await runPids(folder)
    if (keeper === null && orchestrator === null) return
    await sleep(200)
  }
  const { keeper, orchestrator } = await runPids(folder)
  for (const pid of [keeper, orchestrator]) if (pid !== null) process.kill(pid, 'SIGKILL')
}
