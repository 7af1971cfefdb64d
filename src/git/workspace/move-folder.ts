// Removing and setting aside what agents left: folders that nobody may write to, and git folders of their own.

import { randomUUID } from 'node:crypto'
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../command/system-error.js'

/** Removes the folder and everything in it. Build tools leave read-only folders behind (Go's module cache); they are opened first. */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM')) throw error
    await openUp(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o700)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(folder, entry.name))
  }
}

/** Moves `path` into the quarantine folder under a name of its own that begins with `name`; gives the new path. */
export async function setAside(path: string, quarantine: string, name: string): Promise<string> {
  await mkdir(quarantine, { recursive: true, mode: 0o700 })
  const target = `${quarantine}/${name}-${randomUUID()}`
  try {
    await rename(path, target)
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error
    await cp(path, target, { recursive: true, verbatimSymlinks: true })
    await removeFolder(path)
  }
  return target
}
