// One `git fast-import` and its answers. It acknowledges commits whose ref update it refused, so an id from here
// means "written", never "on the branch": the caller reads the tip.

import { JetpackError } from '../../core/fault.js'
import type { Git } from '../command/git-command.js'
import { type BranchCommit, burstStream } from './commit-stream.js'
import { LongLivedGit } from './long-lived-git.js'

/** How long a burst may take until it is synced; an import of ten thousand tasks is one. */
export const burstDeadlineMs = 120_000

interface Waiting {
  readonly count: number
  readonly ids: string[]
  readonly resolve: (ids: readonly string[]) => void
  readonly reject: (fault: JetpackError) => void
}

export class FastImport implements AsyncDisposable {
  readonly #process: LongLivedGit
  readonly #ref: string
  /** In ms since 1970. */
  readonly startedAt = Date.now()
  #parent: string | null
  #waiting: Waiting | null = null
  #partial = ''
  #bursts = 0

  /** `parent` null makes the first commit a root commit. */
  constructor(git: Git, ref: string, parent: string | null) {
    this.#ref = ref
    this.#parent = parent
    this.#process = new LongLivedGit(
      git,
      'fast-import',
      // Every burst becomes a pack, however small (unpackLimit 0): measured half the time of loose objects, which
      // are synced one by one, and two files instead of five. `upkeep` folds the packs. Light compression: object ids, of which
      // trees are made, do not shrink, and trees of ten thousand tasks take half the time. With `--done`, an orchestrator
      // that dies half-way leaves nothing behind: else fast-import takes the end of input for the end of the work.
      ['-c', 'fastimport.unpackLimit=0', '-c', 'pack.compression=1', 'fast-import', '--quiet', '--done'],
      chunk => this.#receive(chunk.toString('latin1')),
      fault => this.#waiting?.reject(fault),
    )
  }

  get dead(): boolean {
    return this.#process.dead !== null
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Bursts so far; each has left one pack. */
  get bursts(): number {
    return this.#bursts
  }

  /** What git said last on stderr, as one line. */
  get complaint(): string {
    return this.#process.complaint
  }

  /** Writes and syncs the commits; gives their ids. Throws `write_failed` when fast-import died: then nothing is known. */
  async write(commits: readonly BranchCommit[]): Promise<readonly string[]> {
    const stream = burstStream(this.#ref, this.#parent, commits)
    this.#parent = null
    this.#bursts += 1
    return await this.#ask(stream, commits.length)
  }

  /** Tries the refused ref update again, with the commits of the last burst, `count` in number. */
  async checkpointAgain(count: number): Promise<void> {
    await this.#ask(`checkpoint\nget-mark :${count}\n`, 1)
  }

  /** Ends it cleanly, which also takes away the `.keep` files of its packs. */
  async end(): Promise<void> {
    await this.#process.end('done\n')
  }

  /** Ends it without letting it finish, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill()
    await this.#process.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
  }

  async #ask(stream: string | Buffer, count: number): Promise<readonly string[]> {
    if (this.#process.dead !== null) throw unknownResult(this.#process.dead)
    const timer = setTimeout(() => this.#process.kill(), burstDeadlineMs)
    try {
      return await new Promise<readonly string[]>((resolve, reject) => {
        this.#waiting = { count, ids: [], resolve, reject: fault => reject(unknownResult(fault)) }
        this.#process.write(stream)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting = null
    }
  }

  #receive(text: string): void {
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    const waiting = this.#waiting
    if (waiting === null) return
    waiting.ids.push(...lines)
    if (waiting.ids.length >= waiting.count) waiting.resolve(waiting.ids)
  }
}

function unknownResult(cause: JetpackError): JetpackError {
  return new JetpackError(
    'write_failed',
    `Cannot tell whether the last changes are on the task branch: ${cause.message}`,
    'The branch and the files are read again before anything else is done.',
    cause,
  )
}
