// Where bytes go that cannot stay where they are: kept whole, under a name that says when, with a note that says
// why. Nothing here is ever overwritten or deleted by us.

import { constants } from 'node:fs'
import { copyFile, link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { JetpackError } from '../core/fault.js'
import type { Layout } from '../core/layout.js'
import { type EpochMs, isoTime } from '../core/model/time.js'
import { hasCode, statIfThere, syncFolder, writeDurably } from './write-durably.js'

/** Bytes to keep, or a file or folder to move there; a moved file is never read, however big it is. */
export type QuarantineContent = Buffer | { readonly moveFrom: string }

/** Things set aside within one millisecond under one name. */
const maxSameName = 1000

const maxNameLength = 100

/** Keeps the content at `<quarantine>/<time>-<name>` and a note at `….why.json`; returns the path. Faults: `write_failed`. */
export async function quarantine(
  layout: Layout,
  name: string,
  content: QuarantineContent,
  why: string,
  at: EpochMs,
): Promise<string> {
  const folder = layout.quarantine
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stem = `${folder}/${isoTime(at).replaceAll(':', '')}-${harmlessName(name)}`
  for (let n = 1; n <= maxSameName; n += 1) {
    const path = n === 1 ? stem : `${stem}-${n}`
    if ((await statIfThere(path)) !== null || (await statIfThere(`${path}.why.json`)) !== null) continue
    if (!(await place(path, content))) continue
    const from = Buffer.isBuffer(content) ? null : content.moveFrom
    const size = (await statIfThere(path))?.size ?? null
    const note = {
      schema: 'jetpack.quarantine/1',
      file: basename(path),
      name,
      from,
      why,
      at: isoTime(at),
      bytes: size,
    }
    await writeDurably(`${path}.why.json`, Buffer.from(`${JSON.stringify(note, null, 2)}\n`), 0o600)
    return path
  }
  throw new JetpackError(
    'write_failed',
    `Setting ${harmlessName(name)} aside failed: ${folder} is full of that name.`,
  )
}

/** True when the content now stands at `path`; false when something already did. */
async function place(path: string, content: QuarantineContent): Promise<boolean> {
  try {
    if (Buffer.isBuffer(content)) await createFile(path, content)
    else await move(content.moveFrom, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    const why = error instanceof Error ? error.message : String(error)
    throw new JetpackError('write_failed', `Setting a file aside as ${path} failed: ${why}.`, null, error)
  }
}

async function createFile(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(dirname(path))
}

/** Linking refuses an existing target, which renaming does not; folders cannot be linked, other disks not reached. */
async function move(from: string, to: string): Promise<void> {
  const stats = await statIfThere(from)
  if (stats?.isDirectory() === true) await rename(from, to)
  else {
    try {
      await link(from, to)
    } catch (error) {
      if (!hasCode(error, 'EXDEV', 'EPERM', 'ENOTSUP')) throw error
      await copyAcross(from, to)
    }
    await syncFolder(dirname(to))
    await unlink(from)
  }
  await syncFolder(dirname(to))
  await syncFolder(dirname(from))
}

async function copyAcross(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL)
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Names may come from anybody: one plain file name is made of them. */
function harmlessName(name: string): string {
  const plain = basename(name)
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, maxNameLength)
  return plain.replaceAll('.', '') === '' ? 'unnamed' : plain
}
