// What an agent left in a workspace, read in one go: where HEAD is, what is not committed, what was under way.

import { readdir, rm } from 'node:fs/promises'
import { deadlineMs } from '../command/git-command.js'
import { resolveCommit } from '../refs/refs.js'
import { readOptional, type Workspace } from './workspace.js'

export interface WorkspaceState {
  /** Null when HEAD points at a branch without commits. */
  readonly head: string | null
  /** Tip of the work branch; null when the agent deleted it. */
  readonly branchTip: string | null
  readonly isOnBranch: boolean
  readonly isDirty: boolean
  /** Folders with a git repository of their own that the work tree does not track, relative. */
  readonly embedded: readonly string[]
  /** The commit of a merge that was resolved but not committed. */
  readonly mergeHead: string | null
  readonly isRebasing: boolean
  /** Anything of a merge, rebase, cherry-pick or bisect. */
  readonly isUnderWay: boolean
}

const underWay = [
  'MERGE_HEAD',
  'MERGE_MODE',
  'MERGE_MSG',
  'MERGE_RR',
  'SQUASH_MSG',
  'AUTO_MERGE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'BISECT_LOG',
  'BISECT_START',
  'BISECT_TERMS',
  'BISECT_NAMES',
  'BISECT_EXPECTED_REV',
] as const

export async function readState(workspace: Workspace, signal: AbortSignal): Promise<WorkspaceState> {
  const { git, gitDir, branch, folder } = workspace
  const args = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--no-renames']
  const options = { signal, purpose: `see what was left in "${folder}"`, timeoutMs: deadlineMs.checkout }
  let { stdout, exitCode } = await git.run(args, { ...options, answers: [0, 128] })
  if (exitCode !== 0) {
    await rebuildIndex(workspace, signal)
    ;({ stdout } = await git.run(args, options))
  }
  const entries = stdout.split('\0').filter(entry => entry !== '')
  const header = (name: string) =>
    entries.find(entry => entry.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length)
  const oid = header('oid')
  const head = oid === undefined || oid === '(initial)' ? null : oid
  const isOnBranch = head !== null && `refs/heads/${header('head')}` === branch
  const names = await readdir(gitDir)
  const isUnmerged = entries.some(entry => entry.startsWith('u '))
  const mergeHead = isUnmerged
    ? null
    : ((await readOptional(`${gitDir}/MERGE_HEAD`))?.trim().split('\n')[0] ?? null)
  return {
    head,
    branchTip: isOnBranch ? head : await resolveCommit(git, branch, signal),
    isOnBranch,
    isDirty: entries.some(entry => !entry.startsWith('# ')),
    embedded: entries.filter(entry => /^\? .*\/$/s.test(entry)).map(entry => entry.slice(2, -1)),
    mergeHead,
    isRebasing: names.includes('rebase-merge') || names.includes('rebase-apply'),
    isUnderWay: underWay.some(name => names.includes(name)),
  }
}

/** An index that a power cut or a killed git left torn holds nothing that HEAD and the files do not. */
export async function rebuildIndex(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const { git, gitDir, branch, folder } = workspace
  await rm(`${gitDir}/index`, { force: true })
  const head = (await resolveCommit(git, 'HEAD', signal)) ?? (await resolveCommit(git, branch, signal))
  if (head === null) return
  await git.run(['read-tree', head], { signal, purpose: `write the index of "${folder}" anew` })
}

/** Forgets what was under way; commits, index and files stay as they are. */
export async function endUnderWay({ gitDir }: Workspace): Promise<void> {
  for (const name of underWay) await rm(`${gitDir}/${name}`, { recursive: true, force: true })
}
