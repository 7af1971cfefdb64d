// The folder of task files: reads them all, writes one at a time, and remembers what it last saw or wrote so
// that a change by somebody else is noticed. It never decides what to do about one.

import { closeSync, constants, type Dirent, fstatSync, openSync, readFileSync } from 'node:fs'
import { readdir, unlink } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { JetpackError } from '../core/fault.js'
import type { TaskId } from '../core/model/task.js'
import { taskIdFlaw } from '../core/model/task-id.js'
import { inParallel } from './in-parallel.js'
import { checkTask, type HoldRule, maxTaskFileBytes, type TaskCheck } from './schema/check-task.js'
import { describeFlaw, quoteValue } from './schema/flaw.js'
import { sizeFlaw } from './schema/read-json.js'
import {
  type FileStamp,
  hasCode,
  isSameStamp,
  stampOf,
  statIfThere,
  syncFolder,
  writeDurably,
} from './write-durably.js'

export interface LoadedFile {
  readonly id: TaskId
  readonly path: string
  readonly bytes: Buffer
  readonly stamp: FileStamp
  readonly check: TaskCheck
}

/** A file that was not read: too big, not a regular file, not ours to read, or with a name that is no id. */
export interface UnreadableFile {
  readonly name: string
  readonly path: string
  /** One sentence with the file's name in front. */
  readonly why: string
}

export interface Loading {
  /** By id, in the order of their names. */
  readonly files: readonly LoadedFile[]
  readonly unreadable: readonly UnreadableFile[]
}

/** Files read in one turn of the event loop. Reading in place is ten times as quick as through the thread pool. */
const readsPerTurn = 50
const maxParallelRemovals = 16

const temporaryName = /^(.+)\.json\.\d{1,10}$/

export class TaskFolder {
  readonly #folder: string
  readonly #stamps = new Map<TaskId, FileStamp>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Reads every task file. A missing folder is an empty one. `owner` also removes temporary files that a killed
   * writer of ours left; a `reader`, who does not hold the lock, must not: they may be in use.
   */
  async load(signal: AbortSignal, as: 'owner' | 'reader' = 'reader'): Promise<Loading> {
    const entries = await this.#entries()
    if (as === 'owner') await this.#sweep(entries)
    const named = entries.filter(entry => entry.name.endsWith('.json') && !entry.name.startsWith('.'))
    const names = named.map(entry => entry.name).sort()
    const odd = new Set(named.filter(entry => !entry.isFile()).map(entry => entry.name))
    const files: LoadedFile[] = []
    const unreadable: UnreadableFile[] = []
    const seen = new Map<string, string>()
    for (const [index, name] of names.entries()) {
      if (index % readsPerTurn === 0) await nextTurn()
      signal.throwIfAborted()
      const result = odd.has(name)
        ? this.#unreadable(name, 'is not a regular file')
        : this.#readFile(name, 'settled')
      if (result === null) continue
      if ('why' in result) {
        unreadable.push(result)
        continue
      }
      this.#stamps.set(result.id, result.stamp)
      const twin = seen.get(result.id.toLowerCase())
      seen.set(result.id.toLowerCase(), result.id)
      files.push(twin === undefined ? result : withTwinFlaw(result, twin))
    }
    return { files, unreadable }
  }

  /**
   * One file as it stands now, or null when it is not there. `edited` is for files that a person may just have
   * changed. What was read stays foreign until it is written over, so that nothing half merged is forgotten.
   */
  async read(id: TaskId, rule: HoldRule = 'settled'): Promise<LoadedFile | UnreadableFile | null> {
    return this.#readFile(`${id}.json`, rule)
  }

  /** Refuses bytes that could not be read again. Faults: `task_invalid`, `write_failed`. */
  async write(id: TaskId, bytes: Buffer): Promise<FileStamp> {
    const check = checkTask(bytes, this.#shown(`${id}.json`), 0)
    if (!check.ok) {
      const flaw = check.flaws[0]
      const text = flaw === undefined ? id : describeFlaw(flaw)
      throw new JetpackError('task_invalid', `Task ${quoteValue(id)} was not written: ${text}.`)
    }
    const stamp = await writeDurably(this.#path(id), bytes)
    this.#stamps.set(id, stamp)
    return stamp
  }

  /** Removes the file; one that is gone already is well. */
  async remove(id: TaskId): Promise<void> {
    try {
      await unlink(this.#path(id))
      await syncFolder(this.#folder)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
    this.#stamps.delete(id)
  }

  /** The file as we last wrote or loaded it; null for one that we do not know. */
  stampOf(id: TaskId): FileStamp | null {
    return this.#stamps.get(id) ?? null
  }

  /** True when the file is not as we last wrote or loaded it: changed, removed, or new to us. Not to be asked during a write of the same id. */
  async isForeign(id: TaskId): Promise<boolean> {
    const stats = await statIfThere(this.#path(id))
    const ours = this.stampOf(id)
    if (stats === null || ours === null) return stats !== null || ours !== null
    return !stats.isFile() || !isSameStamp(stampOf(stats), ours)
  }

  #path(id: TaskId): string {
    const flaw = taskIdFlaw(id)
    if (flaw !== null) throw new JetpackError('task_invalid', `The task id ${quoteValue(id)} ${flaw}.`)
    return `${this.#folder}/${id}.json`
  }

  #shown(name: string): string {
    return `${this.#folder.slice(this.#folder.lastIndexOf('/') + 1)}/${name}`
  }

  async #entries(): Promise<readonly Dirent[]> {
    try {
      return await readdir(this.#folder, { withFileTypes: true })
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    }
  }

  async #sweep(entries: readonly Dirent[]): Promise<void> {
    const leftovers = entries.filter(entry => {
      const id = temporaryName.exec(entry.name)?.[1]
      return entry.isFile() && id !== undefined && taskIdFlaw(id) === null
    })
    await inParallel(leftovers, maxParallelRemovals, entry => unlink(`${this.#folder}/${entry.name}`))
  }

  #readFile(name: string, rule: HoldRule): LoadedFile | UnreadableFile | null {
    const id = name.slice(0, -'.json'.length)
    const nameFlaw = taskIdFlaw(id)
    if (nameFlaw !== null) return this.#unreadable(name, `is not named after a task id, which ${nameFlaw}`)
    const path = `${this.#folder}/${name}`
    let fd: number
    try {
      // O_NONBLOCK: opening a FIFO must not wait for its writer.
      fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null
      if (hasCode(error, 'ELOOP')) return this.#unreadable(name, 'is a symbolic link')
      if (hasCode(error, 'EACCES', 'EPERM', 'ENXIO'))
        return this.#unreadable(name, 'cannot be opened for reading')
      throw error
    }
    try {
      const stats = fstatSync(fd)
      if (!stats.isFile()) return this.#unreadable(name, 'is not a regular file')
      if (stats.size > maxTaskFileBytes) {
        const why = describeFlaw(sizeFlaw(this.#shown(name), stats.size, maxTaskFileBytes))
        return { name, path, why }
      }
      const bytes = readFileSync(fd)
      const check = checkTask(bytes, this.#shown(name), stats.mtimeMs, rule)
      return { id, path, bytes, stamp: stampOf(stats), check }
    } finally {
      closeSync(fd)
    }
  }

  #unreadable(name: string, why: string): UnreadableFile {
    const shown = quoteValue(this.#shown(name)).slice(1, -1)
    return { name, path: `${this.#folder}/${name}`, why: `${shown} ${why}` }
  }
}

function withTwinFlaw(file: LoadedFile, twin: TaskId): LoadedFile {
  const flaw = {
    file: `tasks/${file.id}.json`,
    line: null,
    field: 'id',
    found: quoteValue(file.id),
    write: `another id, for ${quoteValue(twin)} differs from it only in capital letters`,
  }
  return { ...file, check: { ok: false, flaws: [flaw] } }
}
