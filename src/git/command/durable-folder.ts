// Folders are synced by us: git syncs objects and refs, but never the folder that names them, and a power cut
// then takes the last names back.

import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasCode } from './system-error.js'

/** Syncs the folder itself. One that is absent has nothing to lose: packed refs and reftable keep no folder. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** Syncs the folders from that of each ref up to `refs`, for git may have made any of them just now. */
export async function syncRefFolders(commonDir: string, refs: readonly string[]): Promise<void> {
  const folders = new Set<string>()
  for (const ref of refs) {
    for (let folder = dirname(ref); folder !== '.' && folder !== '/'; folder = dirname(folder))
      folders.add(folder)
  }
  await Promise.all([...folders].map(folder => syncFolder(`${commonDir}/${folder}`)))
}
