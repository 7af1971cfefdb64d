// Merges in memory: no checkout, no index. The merge commit always has two parents, so that every landed task has
// one commit by which it can be found and undone.

import { JetpackError } from '../../core/fault.js'
import { deadlineMs, firstLine } from '../command/git-command.js'
import { makeDurable } from '../refs/durable-objects.js'
import type { Repository } from '../repository.js'

export interface MergeInput {
  readonly repository: Repository
  /** The work of a task. */
  readonly commit: string
  /** The landing tip, proven and durable. */
  readonly tip: string
  /** Made with `messageOf`: harmless already. */
  readonly message: string
  readonly signal: AbortSignal
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly mergeCommit: string; readonly tree: string }
  /** `files`: paths with a conflict; empty when the two have no common history at all. */
  | { readonly kind: 'conflict'; readonly files: readonly string[] }

/** The work merged with the tip; durable when it is merged. */
export async function mergeWork(given: MergeInput): Promise<MergeResult> {
  const { repository, commit, tip, message, signal } = given
  const merged = await mergeTrees({ repository, ours: tip, theirs: commit, message, signal })
  if (merged.kind === 'conflict') return merged
  await makeDurable(repository, merged.commit, [tip], signal)
  return { kind: 'merged', mergeCommit: merged.commit, tree: merged.tree }
}

export type TreeMerge =
  | { readonly kind: 'merged'; readonly commit: string; readonly tree: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] }

/** A merge commit with parents `ours` and `theirs`, in that order. Not durable yet. */
export async function mergeTrees(given: {
  readonly repository: Repository
  readonly ours: string
  readonly theirs: string
  readonly message: string
  readonly signal: AbortSignal
}): Promise<TreeMerge> {
  const { repository, ours, theirs, message, signal } = given
  const purpose = `merge ${theirs} into ${ours}`
  const merge = await repository.git.run(
    ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs],
    { signal, purpose, timeoutMs: deadlineMs.checkout, answers: [0, 1, 128] },
  )
  const [tree = '', ...files] = merge.stdout.split('\0').filter(field => field !== '')
  if (!/^[0-9a-f]{40,64}$/.test(tree)) {
    // Exit code 1 means a conflict only when a tree was written; git uses it for unknown commits too.
    if (merge.stderr.includes('unrelated histories')) return { kind: 'conflict', files: [] }
    throw new JetpackError('git_failed', `Cannot ${purpose}: ${firstLine(merge.stderr)}`)
  }
  if (merge.exitCode === 1) return { kind: 'conflict', files }
  const commit = await repository.git.run(['commit-tree', tree, '-p', ours, '-p', theirs, '-F', '-'], {
    signal,
    purpose,
    stdin: message,
  })
  return { kind: 'merged', commit: commit.stdout.trim(), tree }
}
