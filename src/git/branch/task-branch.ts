// The writer of the task branch: one commit per change, many changes per sync, and nothing acknowledged before
// the tip was read back and holds it. Call it only under the engine lock; another writer shows as `branch_moved`.

import { readdir } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import { refNames } from '../../core/layout.js'
import { syncFolder } from '../command/durable-folder.js'
import { deadlineMs } from '../command/git-command.js'
import { Lane } from '../command/lane.js'
import { healRefLock } from '../refs/ref-lock.js'
import { checkedOutAt } from '../refs/refs.js'
import type { Repository } from '../repository.js'
import { readBranch } from './branch-files.js'
import { messageOf } from './commit-message.js'
import type { BranchCommit } from './commit-stream.js'
import { FastImport } from './fast-import.js'
import { sweepLeftovers } from './leftovers.js'
import { ObjectReader } from './object-reader.js'

export type { BranchCommit } from './commit-stream.js'

/** When upkeep pays: bursts since the last one, or packs that the person's own git would begin to tidy at 50. */
const upkeepAfter = { bursts: 256, packs: 40, newPacks: 20 } as const
/** fast-import can number 65,535 packs; it is started anew long before, should nobody call `upkeep`. */
const burstsPerImport = 4_096

const ref = refNames.taskBranch

export class TaskBranch implements AsyncDisposable {
  readonly #repository: Repository
  readonly #reader: ObjectReader
  readonly #lane = new Lane()
  #import: FastImport | null = null
  /** The tip that was proven last: what the next burst builds on. */
  #proven: string | null = null
  #packsAfterUpkeep = 0
  #created = false

  private constructor(repository: Repository) {
    this.#repository = repository
    this.#reader = new ObjectReader(repository.git)
  }

  /**
   * Heals what a killed writer left, and begins the branch when it is missing. Throws `branch_checked_out` when a
   * worktree has it checked out: that worktree would turn dirty with every change.
   */
  static async open(
    repository: Repository,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<TaskBranch> {
    const branch = new TaskBranch(repository)
    try {
      await branch.#requireFree(signal)
      await branch.healStaleRefLock(signal)
      branch.#proven = await branch.#findTip()
      await sweepLeftovers({ repository, ref, tip: branch.#proven, since: null, signal })
      if (branch.#proven === null) await branch.#begin(signal)
      return branch
    } catch (error) {
      await branch.close()
      throw error
    }
  }

  /** Whether opening it has begun the branch. */
  get created(): boolean {
    return this.#created
  }

  /** The commit at the tip. Throws `branch_broken` when there is none. */
  async readTip(): Promise<string> {
    const tip = await this.#findTip()
    if (tip !== null) return tip
    throw new JetpackError('branch_broken', `Cannot read the tip of the task branch: ${ref} does not exist.`)
  }

  /** Every file at the tip by its path. */
  async readAll(signal: AbortSignal): Promise<Map<string, Buffer>> {
    return await readBranch(this.#repository.git, await this.readTip(), signal)
  }

  /** One file as it was at `commit`; null when it was not there. */
  async readAt(commit: string, path: string): Promise<Buffer | null> {
    return await this.#reader.read(`${commit}:${path}`)
  }

  /**
   * One commit per entry, synced and proven; gives their ids in order. Bursts wait for each other. `signal` keeps
   * a burst from beginning; one that has begun runs to its end. Throws `branch_moved` when somebody else moved the branch (none of
   * the burst is on it), `write_failed` when it is not known how far the burst came: read the tip again.
   */
  commitBurst(commits: readonly BranchCommit[], signal: AbortSignal): Promise<readonly string[]> {
    return this.#lane.run(async () => {
      signal.throwIfAborted()
      if (commits.length === 0) return []
      if (this.#import !== null && this.#import.bursts >= burstsPerImport) await this.#endImport()
      const before = await this.#requireUnmoved()
      try {
        return await this.#writeOnce(commits, before, signal)
      } catch (error) {
        // A fast-import that died without moving the branch has written nothing that counts: one more try is safe.
        if (!isUnknown(error) || (await this.#findTip()) !== before) throw error
        return await this.#writeOnce(commits, before, signal)
      }
    })
  }

  /** Removes a lock file on the branch that a killed git left; only one that has stood still for two seconds. */
  async healStaleRefLock(signal: AbortSignal): Promise<boolean> {
    return await healRefLock(this.#repository.commonDir, ref, signal)
  }

  /** Whether enough small packs have gathered for `upkeep` to pay. */
  async upkeepDue(): Promise<boolean> {
    if ((this.#import?.bursts ?? 0) >= upkeepAfter.bursts) return true
    const packs = await this.#countPacks()
    return packs >= upkeepAfter.packs && packs - this.#packsAfterUpkeep >= upkeepAfter.newPacks
  }

  /** Folds small packs and loose objects into larger packs. Bursts go on meanwhile: only ending fast-import, some ms, is in their way. */
  async upkeep(signal: AbortSignal): Promise<void> {
    await this.#lane.run(() => this.#endImport())
    const { git, commonDir } = this.#repository
    await git.run(['-c', 'pack.threads=1', 'repack', '-d', '-n', '-q', '--geometric=2'], {
      signal,
      purpose: 'fold the small packs of the task branch',
      timeoutMs: deadlineMs.upkeep,
    })
    await syncFolder(`${commonDir}/objects/pack`)
    await this.#lane.run(() => this.#reader.refresh())
    this.#packsAfterUpkeep = await this.#countPacks()
  }

  /** Waits for bursts under way and ends both processes. */
  async close(): Promise<void> {
    await this.#lane.run(async () => {
      await this.#endImport()
      await this.#reader.refresh()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #living(): FastImport {
    if (this.#import === null || this.#import.dead) {
      this.#import = new FastImport(this.#repository.git, ref, this.#proven)
    }
    return this.#import
  }

  async #writeOnce(
    commits: readonly BranchCommit[],
    before: string | null,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const writer = this.#living()
    try {
      const ids = await writer.write(commits)
      await this.#prove(writer, ids, before, signal)
      return ids
    } catch (error) {
      this.#import = null
      await writer.kill()
      // A branch that was deleted meanwhile is still continued from where it was.
      this.#proven = (await this.#findTip()) ?? this.#proven
      await sweepLeftovers({
        repository: this.#repository,
        ref,
        tip: this.#proven,
        since: writer.startedAt,
        signal,
      })
      throw error
    }
  }

  async #endImport(): Promise<void> {
    const writer = this.#import
    this.#import = null
    await writer?.end()
  }

  async #findTip(): Promise<string | null> {
    return await this.#reader.find(ref)
  }

  /** The tip, which is where we left it, or null: a branch that was deleted comes back whole with the next burst. */
  async #requireUnmoved(): Promise<string | null> {
    const tip = await this.#findTip()
    if (tip === null || tip === this.#proven) return tip
    await this.#endImport()
    this.#proven = tip
    throw branchMoved(tip)
  }

  /** fast-import acknowledges a refused ref update like any other, so only the tip counts. */
  async #prove(
    writer: FastImport,
    ids: readonly string[],
    before: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const last = ids.at(-1) ?? null
    let tip = await this.#findTip()
    if (tip !== last && tip === before && (await this.healStaleRefLock(signal))) {
      // Nobody moved the branch, so a lock file was in the way; now it is gone.
      await writer.checkpointAgain(ids.length)
      tip = await this.#findTip()
    }
    if (tip !== last && tip === before) {
      throw new JetpackError('write_failed', `Cannot move the task branch: ${writer.complaint}`)
    }
    if (tip !== last) throw branchMoved(tip)
    await syncFolder(`${this.#repository.commonDir}/objects/pack`)
    await syncFolder(`${this.#repository.commonDir}/refs/heads`)
    this.#proven = last
  }

  async #begin(signal: AbortSignal): Promise<void> {
    this.#created = true
    const bytes = Buffer.from(`${JSON.stringify({ format: 1 }, null, 2)}\n`)
    const message = messageOf('Begin the history of tasks', [['By', 'jetpack']])
    await this.commitBurst(
      [{ message, files: [{ path: '.beads/jetpack.json', bytes }], at: Date.now() }],
      signal,
    )
  }

  async #requireFree(signal: AbortSignal): Promise<void> {
    const folder = await checkedOutAt(this.#repository, ref, signal)
    if (folder === null) return
    throw new JetpackError(
      'branch_checked_out',
      `Cannot write to the task branch: it is checked out in "${folder}", which would turn dirty with every change.`,
      `Check out another branch there, for example: git -C "${folder}" switch --detach`,
    )
  }

  /** Packs that upkeep may fold; those of a running fast-import are kept. */
  async #countPacks(): Promise<number> {
    const names = new Set(await readdir(`${this.#repository.commonDir}/objects/pack`))
    return [...names].filter(name => name.endsWith('.pack') && !names.has(name.replace(/\.pack$/, '.keep')))
      .length
  }
}

function branchMoved(tip: string | null): JetpackError {
  return new JetpackError(
    'branch_moved',
    `Cannot write to the task branch: it is at ${tip ?? 'no commit'}, where jetpack has not put it; another program has moved it.`,
    'Find out who writes to it. jetpack reads it again and goes on from there.',
  )
}

function isUnknown(error: unknown): boolean {
  return error instanceof JetpackError && error.code === 'write_failed'
}
