// Gets the workspace ready for an attempt. A later attempt goes on where the last one ended, with the tip merged
// in; one that must start afresh, or cannot be merged, keeps the old work as a salvage.

import { mkdir } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import { messageOf } from '../branch/commit-message.js'
import { deadlineMs } from '../command/git-command.js'
import { mergeTrees } from '../landing/merge-work.js'
import { makeDurable } from '../refs/durable-objects.js'
import { isAncestor, moveRefs, resolveCommit } from '../refs/refs.js'
import { commitLeftovers } from './commit-leftovers.js'
import { discardWorkspace, openWorkspace } from './mend-workspace.js'
import { keepCommit } from './salvage.js'
import { findRegistrations, placeOf, type Workspace, type WorkspaceOf, workspaceAt } from './workspace.js'

export interface PrepareInput extends WorkspaceOf {
  /** The proven landing tip. */
  readonly tip: string
  /** Start from the tip; old work goes to the salvage refs. */
  readonly fresh: boolean
}

export interface PreparedWorkspace {
  readonly folder: string
  /** Where the attempt begins; it contains the tip, and is durable. */
  readonly baseCommit: string
  /** Whether the tip was merged into work of an earlier attempt. */
  readonly mergedTip: boolean
  /** `created`: there was no folder, so `setup` must run. `restarted`: the old work was set aside, the folder is new too. */
  readonly how: 'created' | 'continued' | 'restarted'
}

/** Throws `git_failed` when git cannot make the worktree, and `branch_checked_out` when a person has the work branch checked out. */
export async function prepareWorkspace(of: PrepareInput): Promise<PreparedWorkspace> {
  const { repository, signal, tip } = of
  const { branch } = placeOf(of)
  const old = await openWorkspace(of)
  const message = messageOf(`${of.id}: left over before attempt ${of.n}`, [['Task', of.id]])
  if (old !== null) await commitLeftovers(of, old, { message, base: tip })
  const head = await resolveCommit(repository.git, branch, signal)
  const next = of.fresh || head === null ? null : await bringTipIn(of, head)
  if (head !== null && next !== null) {
    const workspace = old ?? (await addWorkspace(of))
    if (next !== head) await moveWork(of, workspace, next)
    return {
      folder: workspace.folder,
      baseCommit: next,
      mergedTip: next !== head,
      how: old === null ? 'created' : 'continued',
    }
  }
  if (head !== null) await keepCommit(of, head, [tip])
  if (old !== null) await discardWorkspace(of, old)
  await moveBranch(of, tip, head)
  const { folder } = await addWorkspace(of)
  return { folder, baseCommit: tip, mergedTip: false, how: head === null ? 'created' : 'restarted' }
}

/** The commit to go on from: `head` with the tip in it; null when they conflict. */
async function bringTipIn(of: PrepareInput, head: string): Promise<string | null> {
  const { repository, signal, tip, id } = of
  if (await isAncestor(repository.git, tip, head, signal)) return head
  if (await isAncestor(repository.git, head, tip, signal)) return tip
  const message = messageOf(`${id}: bring in what has landed`, [['Task', id]])
  const merged = await mergeTrees({ repository, ours: head, theirs: tip, message, signal })
  if (merged.kind === 'conflict') return null
  await makeDurable(repository, merged.commit, [tip], signal)
  return merged.commit
}

async function moveWork(of: PrepareInput, { git, folder }: Workspace, commit: string): Promise<void> {
  await git.run(['reset', '-q', '--hard', commit], {
    signal: of.signal,
    purpose: `bring what has landed into "${folder}"`,
    timeoutMs: deadlineMs.checkout,
  })
}

async function moveBranch(of: PrepareInput, to: string, from: string | null): Promise<void> {
  const { branch } = placeOf(of)
  const result = await moveRefs(of.repository, [{ ref: branch, to, from }], of.signal)
  if (result.kind === 'moved') return
  throw new JetpackError('git_failed', `Cannot set the work branch of "${of.id}": ${result.reason}`)
}

/** A worktree on the work branch, which exists. */
async function addWorkspace(of: PrepareInput): Promise<Workspace> {
  const { repository, layout, signal, id } = of
  const { folder, branch } = placeOf(of)
  await mkdir(layout.worktrees, { recursive: true })
  const { exitCode, stderr } = await repository.worktreeLane.run(() =>
    repository.git.run(
      // Not synced: whatever a power cut takes of a workspace is healed from its branch, which is durable.
      [
        '-c',
        'core.fsync=none',
        'worktree',
        'add',
        '--no-guess-remote',
        '-q',
        folder,
        branch.replace('refs/heads/', ''),
      ],
      {
        signal,
        purpose: `make the workspace of "${id}"`,
        timeoutMs: deadlineMs.checkout,
        answers: [0, 128],
      },
    ),
  )
  const { here } = await findRegistrations(repository, folder, branch)
  if (exitCode === 0 && here !== null) return workspaceAt(folder, here, branch)
  const elsewhere = /is already checked out at '(.*)'/.exec(stderr)?.[1]
  if (elsewhere !== undefined) {
    throw new JetpackError(
      'branch_checked_out',
      `Cannot make the workspace of "${id}": its work branch is checked out in "${elsewhere}".`,
      `Check out another branch there, for example: git -C "${elsewhere}" switch --detach`,
    )
  }
  throw new JetpackError('git_failed', `Cannot make the workspace of "${id}": ${stderr.trim()}`)
}
