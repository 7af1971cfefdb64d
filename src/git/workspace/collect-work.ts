// When the agent's tree is proven gone, its work is gathered: everything left over is committed on the task's
// work branch and made durable, so that what the task file names exists after a power cut.

import type { CollectedWork } from '../../core/messages/verdict.js'
import { messageOf } from '../branch/commit-message.js'
import { makeDurable } from '../refs/durable-objects.js'
import { resolveCommit, treesOf } from '../refs/refs.js'
import { commitLeftovers } from './commit-leftovers.js'
import { openWorkspace } from './mend-workspace.js'
import { placeOf, type WorkspaceOf } from './workspace.js'

export interface CollectInput extends WorkspaceOf {
  /** For the commit's subject: hostile text is made harmless. */
  readonly title: string
  readonly seat: string
  /** Where the attempt began. */
  readonly baseCommit: string
  /** The landing ref now. `changed` is measured from where the work left it: what earlier attempts did counts too. */
  readonly tip: string
}

/** What was collected, and what git could not read in the folder, e.g. a file of another user. */
export interface Collection extends CollectedWork {
  readonly unreadable: string | null
}

/** A workspace that has vanished gives what its branch holds, or nothing changed when that is gone too. */
export async function collectWork(of: CollectInput): Promise<Collection> {
  const { repository, id, n, title, seat, baseCommit, tip, signal } = of
  const workspace = await openWorkspace(of)
  const message = messageOf(`${id}: ${title}`, [
    ['Task', id],
    ['Seat', seat],
    ['Attempt', n],
  ])
  const { commit, unreadable } =
    workspace === null
      ? {
          commit: (await resolveCommit(repository.git, placeOf(of).branch, signal)) ?? baseCommit,
          unreadable: null,
        }
      : await commitLeftovers(of, workspace, { message, base: baseCommit })
  await makeDurable(repository, commit, [baseCommit], signal)
  return { commit, changed: await differsFromTip(of, commit, tip), unreadable }
}

async function differsFromTip(
  { repository, signal }: CollectInput,
  commit: string,
  tip: string,
): Promise<boolean> {
  const { stdout } = await repository.git.run(['merge-base', commit, tip], {
    signal,
    purpose: 'find where the work left the landing ref',
    answers: [0, 1],
  })
  const fork = stdout.trim()
  if (fork === '' || fork === commit) return fork === ''
  const [before, after] = await treesOf(repository.git, [fork, commit], signal)
  return before !== after
}
