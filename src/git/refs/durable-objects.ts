// Makes commits survive a power cut. Agents write their objects with their own git, which does not sync loose
// objects, and a synced write of an object that already lies there unsynced is skipped. So what counts goes into a pack of its own.

import { syncFolder } from '../command/durable-folder.js'
import type { Repository } from '../repository.js'

/** Writes every loose object that `commit` has and `known` have not as one synced pack. `known` must be durable. */
export async function makeDurable(
  repository: Repository,
  commit: string,
  known: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (known.includes(commit)) return
  const folder = `${repository.commonDir}/objects/pack`
  await repository.git.run(
    [
      '-c',
      'pack.threads=1',
      'pack-objects',
      '-q',
      '--revs',
      '--unpacked',
      '--non-empty',
      '--delta-base-offset',
      `${folder}/pack`,
    ],
    {
      signal,
      purpose: `make ${commit} durable`,
      stdin: [commit, ...known.map(id => `^${id}`), ''].join('\n'),
    },
  )
  await syncFolder(folder)
}
