// The one way in which a file of ours is written: the whole buffer to a temporary file, synced, renamed, the
// folder synced, read back and compared. A reader sees the old bytes or the new ones, never a part. A fault
// means that the result is unknown: read again before deciding anything.

import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JetpackError } from '../core/fault.js'
import { Slots } from './in-parallel.js'

/** Tells one state of a file from another without reading it. */
export interface FileStamp {
  readonly ino: number
  readonly mtimeMs: number
  readonly size: number
}

/** Writes under way at a time, over the whole process: each needs up to three open files. */
export const maxParallelWrites = 16

const slots = new Slots(maxParallelWrites)

/** The folder is made if it is missing. Faults: `write_failed`, also for empty bytes and for a target that is no regular file. */
export async function writeDurably(path: string, bytes: Buffer, mode = 0o644): Promise<FileStamp> {
  if (bytes.length === 0)
    throw new JetpackError('write_failed', `Writing ${path} was refused: there was nothing to write.`)
  return slots.run(async () => {
    try {
      await refuseOddTarget(path)
      await makeFolder(dirname(path))
      await install(path, bytes, mode)
      await syncFolder(dirname(path))
      return await readBack(path, bytes)
    } catch (error) {
      throw error instanceof JetpackError ? error : writeFault(path, error)
    }
  })
}

export function stampOf(stats: Stats): FileStamp {
  return { ino: stats.ino, mtimeMs: stats.mtimeMs, size: stats.size }
}

export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return one.ino === other.ino && one.mtimeMs === other.mtimeMs && one.size === other.size
}

/** Makes renames and removals inside a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file at `path`, links not followed, or null. */
export async function statIfThere(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

async function install(path: string, bytes: Buffer, mode: number): Promise<void> {
  // Loaded here because reading commands never write and have 300 ms for everything.
  const { default: writeFileAtomic } = await import('write-file-atomic')
  // write-file-atomic ignores a short write and would install a truncated file on a nearly full disk. Node's own
  // writer loops and throws before the rename; what write-file-atomic writes afterwards are the same bytes again.
  const fillWhole = (temporary: string): Promise<void> => writeFile(temporary, bytes, { flag: 'r+' })
  // A fresh object each time: write-file-atomic keeps notes in it. No chown: a copied owner may not be ours to give.
  const options = { mode, chown: false, tmpfileCreated: fillWhole }
  await writeFileAtomic(path, bytes, options as object)
}

/** A link would be followed and the file behind it overwritten; anything else odd is not ours to replace. */
async function refuseOddTarget(path: string): Promise<void> {
  const stats = await statIfThere(path)
  if (stats === null || stats.isFile()) return
  const what = stats.isSymbolicLink() ? 'a symbolic link' : 'no regular file'
  throw new JetpackError('write_failed', `Writing ${path} was refused: it is ${what}.`, 'Move it away.')
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first !== undefined) await syncFolder(dirname(first))
}

async function readBack(path: string, bytes: Buffer): Promise<FileStamp> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const stats = await handle.stat()
    const found = stats.size === bytes.length ? await handle.readFile() : null
    if (found === null || !found.equals(bytes)) throw new Error('other bytes were read back')
    return stampOf(stats)
  } finally {
    await handle.close()
  }
}

function writeFault(path: string, error: unknown): JetpackError {
  const why = error instanceof Error ? error.message : String(error)
  const text = `Writing ${path} failed: ${why}. The result is unknown: it may hold the old content or the new.`
  return new JetpackError('write_failed', text, writeHint(error), error)
}

function writeHint(error: unknown): string {
  if (hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG')) return 'Free some disk space, then try again.'
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS'))
    return 'Make the folder writable for your user, then try again.'
  return 'Look at the file and its folder, then try again.'
}
