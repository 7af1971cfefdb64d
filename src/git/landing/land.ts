// Moves the landing ref, by compare-and-swap and with a ref that remembers where it was. Landed is what the ref
// is read back to contain, never what a command said.

import { JetpackError } from '../../core/fault.js'
import { refNames } from '../../core/layout.js'
import type { TaskId } from '../../core/model/task.js'
import { isAncestor, moveRefs, resolveCommit, treeOf } from '../refs/refs.js'
import type { Repository } from '../repository.js'

export interface LandInput {
  readonly repository: Repository
  readonly target: string
  readonly mergeCommit: string
  /** Where the landing ref was when the work was merged and gated. */
  readonly expectedTip: string
  readonly taskId: TaskId
  readonly n: number
  readonly signal: AbortSignal
}

export type LandResult =
  | { readonly kind: 'landed'; readonly tree: string }
  /** The landing ref is elsewhere: merge again with what is there now. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Repeatable: what has landed before is `landed` again. Throws `git_failed` when git failed for another reason than the swap. */
export async function land(given: LandInput): Promise<LandResult> {
  const { repository, target, mergeCommit, expectedTip, taskId, n, signal } = given
  const before = await isLanded({ repository, target, commit: mergeCommit, signal })
  if (before !== null) return { kind: 'landed', tree: before.tree }
  const landing = refNames.landing(target)
  const moves = [
    { ref: refNames.landedBefore(taskId, n), to: expectedTip },
    { ref: landing, to: mergeCommit, from: expectedTip },
  ]
  const result = await moveRefs(repository, moves, signal)
  const tip = await resolveCommit(repository.git, landing, signal)
  if (result.kind === 'refused') {
    if (tip === expectedTip) throw new JetpackError('git_failed', `Cannot land "${taskId}": ${result.reason}`)
    return { kind: 'refused', reason: `${landing} is at ${tip ?? 'no commit'}, expected ${expectedTip}` }
  }
  if (tip === null || !(await isAncestor(repository.git, mergeCommit, tip, signal))) {
    return { kind: 'refused', reason: `${landing} was moved to ${tip ?? 'no commit'} right after the swap` }
  }
  return { kind: 'landed', tree: await treeOf(repository.git, mergeCommit, signal) }
}

/** The tree of `commit` when the landing ref contains it; null when it does not, or when either is missing. */
export async function isLanded(given: {
  readonly repository: Repository
  readonly target: string
  readonly commit: string
  readonly signal: AbortSignal
}): Promise<{ readonly tree: string } | null> {
  const { repository, commit, signal } = given
  const tip = await readLanding(given)
  if (tip === null || (await resolveCommit(repository.git, commit, signal)) === null) return null
  if (!(await isAncestor(repository.git, commit, tip, signal))) return null
  return { tree: await treeOf(repository.git, commit, signal) }
}

/** Where the landing ref is now; null before the first run. */
export async function readLanding(given: {
  readonly repository: Repository
  readonly target: string
  readonly signal: AbortSignal
}): Promise<string | null> {
  return await resolveCommit(given.repository.git, refNames.landing(given.target), given.signal)
}
