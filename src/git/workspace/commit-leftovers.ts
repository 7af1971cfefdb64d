// Commits whatever a workspace holds onto its work branch, wherever the agent left HEAD. Of two candidates the
// more complete one wins, and the other is kept as a salvage.

import { JetpackError } from '../../core/fault.js'
import { deadlineMs, firstLine } from '../command/git-command.js'
import { isAncestor, moveRefs, treeOf } from '../refs/refs.js'
import { putOnBranch } from './gate-marker.js'
import { setAside } from './move-folder.js'
import { keepCommit } from './salvage.js'
import type { Workspace, WorkspaceOf } from './workspace.js'
import { endUnderWay, readState, type WorkspaceState } from './workspace-state.js'

/** How deep repositories inside repositories are opened. */
const embeddedRounds = 10

export interface Leftovers {
  readonly commit: string
  /** What git could not read, and so could not commit; null when everything is in. */
  readonly unreadable: string | null
}

/** `base`: the durable commit at which the attempt began. The workspace is on its branch afterwards, clean. */
export async function commitLeftovers(
  of: WorkspaceOf,
  workspace: Workspace,
  { message, base }: { readonly message: string; readonly base: string },
): Promise<Leftovers> {
  const state = await openEmbedded(of, workspace)
  const parent = state.head ?? state.branchTip ?? base
  if (state.isOnBranch && !state.isDirty && !state.isUnderWay) {
    return {
      commit: await joinHistory(of, workspace, parent, { base, message, from: parent }),
      unreadable: null,
    }
  }
  const isSame = !state.isDirty && state.mergeHead === null
  const { tree, unreadable } = await writeTree(of, workspace)
  const parents = state.mergeHead === null ? [parent] : [parent, state.mergeHead]
  const found = isSame ? parent : await commitTree(of, workspace, { tree, parents, message })
  const commit = await choose(of, state, { found, isSame, base })
  await endUnderWay(workspace)
  const settled = await joinHistory(of, workspace, commit, { base, message, from: state.branchTip })
  if (commit !== found) await putOnBranch(workspace, of.signal)
  else if (!state.isOnBranch) await pointHead(workspace, of.signal)
  return { commit: settled, unreadable }
}

/** An agent that scaffolds a project may leave a repository inside ours; its files are the work, its git folder goes to quarantine. */
async function openEmbedded(of: WorkspaceOf, workspace: Workspace): Promise<WorkspaceState> {
  let state = await readState(workspace, of.signal)
  for (let round = 0; round < embeddedRounds && state.embedded.length > 0; round += 1) {
    for (const inner of state.embedded) {
      await setAside(`${workspace.folder}/${inner}/.git`, of.layout.quarantine, `${of.id}-${of.n}-git`)
    }
    state = await readState(workspace, of.signal)
  }
  return state
}

async function writeTree(
  of: WorkspaceOf,
  { git, folder }: Workspace,
): Promise<{ tree: string; unreadable: string | null }> {
  const options = {
    signal: of.signal,
    purpose: `commit what was left in "${folder}"`,
    timeoutMs: deadlineMs.checkout,
  }
  const added = await git.run(['add', '-A', '--ignore-errors'], { ...options, answers: [0, 1] })
  const { stdout } = await git.run(['write-tree'], options)
  return { tree: stdout.trim(), unreadable: added.exitCode === 0 ? null : firstLine(added.stderr) }
}

async function commitTree(
  of: WorkspaceOf,
  { git, folder }: Workspace,
  commit: { readonly tree: string; readonly parents: readonly string[]; readonly message: string },
): Promise<string> {
  const parents = commit.parents.flatMap(parent => ['-p', parent])
  const { stdout } = await git.run(['commit-tree', commit.tree, ...parents, '-F', '-'], {
    signal: of.signal,
    purpose: `commit what was left in "${folder}"`,
    stdin: commit.message,
  })
  return stdout.trim()
}

/**
 * Between what lies in the folder and the tip of the work branch. The folder wins, unless the agent only looked
 * at an older commit there, or was in the middle of a rebase: then the branch has the whole of the work.
 */
async function choose(
  of: WorkspaceOf,
  { branchTip, isOnBranch, isRebasing }: WorkspaceState,
  { found, isSame, base }: { readonly found: string; readonly isSame: boolean; readonly base: string },
): Promise<string> {
  const { git } = of.repository
  if (branchTip === null || isOnBranch || (await isAncestor(git, branchTip, found, of.signal))) return found
  if (isRebasing || (isSame && (await isAncestor(git, found, branchTip, of.signal)))) {
    await keepCommit(of, found, [base, branchTip])
    return branchTip
  }
  await keepCommit(of, branchTip, [base, found])
  return found
}

/** Moves the work branch to `commit`. Work with a history of its own (an orphan branch) is joined to where the attempt began, or it could never be merged. */
async function joinHistory(
  of: WorkspaceOf,
  workspace: Workspace,
  commit: string,
  { base, message, from }: { readonly base: string; readonly message: string; readonly from: string | null },
): Promise<string> {
  const { git, signal, purpose } = {
    git: workspace.git,
    signal: of.signal,
    purpose: `compare ${base} with ${commit}`,
  }
  const related = await git.run(['merge-base', base, commit], { signal, purpose, answers: [0, 1] })
  const joined =
    related.exitCode === 0
      ? commit
      : await commitTree(of, workspace, {
          tree: await treeOf(git, commit, signal),
          parents: [base, commit],
          message,
        })
  if (joined === from) return joined
  const result = await moveRefs(of.repository, [{ ref: workspace.branch, to: joined, from }], signal)
  if (result.kind === 'moved') return joined
  throw new JetpackError('git_failed', `Cannot move the work branch of "${of.id}": ${result.reason}`)
}

async function pointHead({ git, branch, folder }: Workspace, signal: AbortSignal): Promise<void> {
  await git.run(['symbolic-ref', 'HEAD', branch], { signal, purpose: `put "${folder}" back on its branch` })
}
