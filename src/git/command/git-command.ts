// One git command at a time: bound to a repository, with our settings, a scrubbed environment and a deadline.
// An exit code that the caller did not name as an answer is a fault.

import { existsSync } from 'node:fs'
import { execa, type Options } from 'execa'
import { JetpackError } from '../../core/fault.js'
import { gitEnvironment, settingArguments } from './environment.js'
import { oneLine } from './one-line.js'

/** How long git may take, by kind of command. Generous: a shared disk under load is slow, not broken. */
export const deadlineMs = { quick: 60_000, checkout: 900_000, upkeep: 900_000 } as const

/** Most output that one command may give; more is a fault. */
export const outputLimitBytes = 512 * 1024 * 1024

/** How long git has to end after SIGTERM. */
const killAfterMs = 5_000

export interface RunOptions {
  readonly signal: AbortSignal
  /** What the command is for, to go after "Cannot", e.g. "merge E1-T1". */
  readonly purpose: string
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** Exit codes that are answers; 0 alone unless given. */
  readonly answers?: readonly number[]
}

export interface Output<T> {
  readonly stdout: T
  readonly stderr: string
  readonly exitCode: number
}

/** Where a git command looks: null lets git search upwards from `cwd`. */
export interface GitPlace {
  readonly cwd: string
  readonly gitDir: string | null
  readonly workTree: string | null
}

/** What execa says of an ended command, as far as it is read here. */
interface Ended {
  readonly exitCode?: number | undefined
  readonly isCanceled: boolean
  readonly timedOut: boolean
  readonly code?: string | undefined
  readonly shortMessage?: string | undefined
}

/** Finds objects by name without starting a process. */
export interface NameReader {
  /** The object id that `name` stands for now; null when there is none. */
  find(name: string): Promise<string | null>
}

export class Git {
  readonly place: GitPlace
  #reader: NameReader | null = null

  constructor(place: GitPlace) {
    this.place = place
  }

  /** Names are looked up through `reader` until the result is disposed of; whoever lives long does this. */
  readThrough(reader: NameReader): Disposable {
    this.#reader = reader
    return {
      [Symbol.dispose]: () => {
        this.#reader = null
      },
    }
  }

  /** The object id that `name` stands for; null when there is none. */
  async find(name: string, signal: AbortSignal): Promise<string | null> {
    signal.throwIfAborted()
    if (this.#reader !== null) return this.#reader.find(name)
    const { stdout, exitCode } = await this.run(
      ['rev-parse', '-q', '--verify', '--end-of-options', name],
      // 128: the ref is there, but its object is not.
      { signal, purpose: `find "${name}"`, answers: [0, 1, 128] },
    )
    return exitCode === 0 ? stdout.trim() : null
  }

  /** Arguments that come before the name of the command. */
  get globalArguments(): readonly string[] {
    const { gitDir, workTree } = this.place
    return [
      ...settingArguments,
      ...(gitDir === null ? [] : [`--git-dir=${gitDir}`]),
      ...(workTree === null ? [] : [`--work-tree=${workTree}`]),
      '--literal-pathspecs',
    ]
  }

  /** Output as text. Throws `git_failed`, `git_missing`, or the signal's reason when it was aborted. */
  async run(args: readonly string[], options: RunOptions): Promise<Output<string>> {
    const result = await execa('git', [...this.globalArguments, ...args], this.#options(options, 'utf8'))
    const exitCode = this.#judge(args, options, result, String(result.stderr))
    return { stdout: String(result.stdout), stderr: String(result.stderr), exitCode }
  }

  /** Output as bytes; else as `run`. */
  async runBytes(args: readonly string[], options: RunOptions): Promise<Output<Buffer>> {
    const result = await execa('git', [...this.globalArguments, ...args], this.#options(options, 'buffer'))
    const stderr = Buffer.from(result.stderr as Uint8Array).toString('utf8')
    const exitCode = this.#judge(args, options, result, stderr)
    const stdout = result.stdout as Uint8Array
    return {
      stdout: Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength),
      stderr,
      exitCode,
    }
  }

  #options<E extends 'utf8' | 'buffer'>(options: RunOptions, encoding: E) {
    return {
      cwd: options.cwd ?? this.place.cwd,
      env: { ...gitEnvironment, ...options.env } as Record<string, string>,
      encoding,
      stripFinalNewline: false,
      reject: false,
      cancelSignal: options.signal,
      timeout: options.timeoutMs ?? deadlineMs.quick,
      forceKillAfterDelay: killAfterMs,
      maxBuffer: outputLimitBytes,
      ...(options.stdin === undefined ? { stdin: 'ignore' as const } : { input: options.stdin }),
    } satisfies Options
  }

  #judge(args: readonly string[], options: RunOptions, result: Ended, stderr: string): number {
    if (result.isCanceled) throw options.signal.reason
    const { exitCode } = result
    if (exitCode !== undefined && (options.answers ?? [0]).includes(exitCode)) return exitCode
    throw gitFault(args, options, result, stderr, options.cwd ?? this.place.cwd)
  }
}

function gitFault(
  args: readonly string[],
  options: RunOptions,
  result: Ended,
  stderr: string,
  cwd: string,
): JetpackError {
  if (result.exitCode === undefined && result.code === 'ENOENT' && existsSync(cwd)) {
    return new JetpackError(
      'git_missing',
      `Cannot ${options.purpose}: no program "git" was found on the PATH.`,
      'Install git 2.38 or newer.',
      result,
    )
  }
  const found = result.timedOut
    ? `gave no answer within ${(options.timeoutMs ?? deadlineMs.quick) / 1000} s`
    : result.exitCode === undefined
      ? `could not be run to its end (${oneLine(result.shortMessage ?? 'no reason given', 300)})`
      : `ended with exit code ${result.exitCode}: ${firstLine(stderr)}`
  return new JetpackError(
    'git_failed',
    `Cannot ${options.purpose}: git ${args[0] ?? ''} ${found}`,
    null,
    result,
  )
}

/** The line of `stderr` that says what is wrong: the first that git marks as fatal or error, else the first. */
export function firstLine(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '')
  const telling = lines.find(line => /^(fatal|error): /.test(line)) ?? lines[0] ?? 'it said nothing.'
  return oneLine(telling, 400)
}
