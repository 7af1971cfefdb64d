// Reads a whole commit of the task branch: one listing, one batch.

import { JetpackError } from '../../core/fault.js'
import { deadlineMs, type Git } from '../command/git-command.js'

/** Every regular file of `commit` by its path. Throws `branch_broken` when an object is missing. */
export async function readBranch(
  git: Git,
  commit: string,
  signal: AbortSignal,
): Promise<Map<string, Buffer>> {
  const purpose = `read the task branch at ${commit}`
  const timeoutMs = deadlineMs.checkout
  const listing = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit], {
    signal,
    purpose,
    timeoutMs,
  })
  const entries = [...listing.stdout.matchAll(/100\d{3} blob ([0-9a-f]+)\t([^\0]+)\0/g)]
  const ids = entries.map(([, id]) => `${id}\n`).join('')
  if (ids === '') return new Map()
  const batch = await git.runBytes(['cat-file', '--batch', '--buffer'], {
    signal,
    purpose,
    timeoutMs,
    stdin: ids,
  })
  const files = new Map<string, Buffer>()
  let offset = 0
  for (const [, id = '', path = ''] of entries) {
    const end = batch.stdout.indexOf(10, offset)
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(batch.stdout.toString('latin1', offset, end)) ?? []
    if (size === undefined) {
      throw new JetpackError('branch_broken', `Cannot ${purpose}: object ${id} of "${path}" is missing.`)
    }
    const start = end + 1
    files.set(path, batch.stdout.subarray(start, start + Number(size)))
    offset = start + Number(size) + 1
  }
  return files
}
