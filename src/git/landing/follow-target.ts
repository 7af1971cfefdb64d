// The branch that the person looks at follows the landing ref, by fast-forward only, and never under somebody's feet.

import { refNames } from '../../core/layout.js'
import { checkedOutAt, isAncestor, moveRefs, resolveCommit } from '../refs/refs.js'
import type { Repository } from '../repository.js'

/** How many commits the target branch lacks, and why it was not moved; 0 and null when it is up to date. */
export interface TargetLag {
  readonly behind: number
  readonly why: string | null
}

/** Moves the target branch to the landing ref if it may; creates it when it is missing. */
export async function followTarget(given: {
  readonly repository: Repository
  readonly target: string
  readonly signal: AbortSignal
}): Promise<TargetLag> {
  const { repository, target, signal } = given
  const branch = `refs/heads/${target}`
  const landing = await resolveCommit(repository.git, refNames.landing(target), signal)
  const tip = await resolveCommit(repository.git, branch, signal)
  if (landing === null || tip === landing) return { behind: 0, why: null }
  const why = tip === null ? null : await whyNot(repository, { target, tip, landing, signal })
  if (why === null) {
    const moved = await moveRefs(repository, [{ ref: branch, to: landing, from: tip }], signal)
    if (moved.kind === 'moved') return { behind: 0, why: null }
    return { behind: await countBehind(repository, tip, landing, signal), why: moved.reason }
  }
  return { behind: await countBehind(repository, tip, landing, signal), why }
}

async function whyNot(
  repository: Repository,
  given: {
    readonly target: string
    readonly tip: string
    readonly landing: string
    readonly signal: AbortSignal
  },
): Promise<string | null> {
  const { target, tip, landing, signal } = given
  if (!(await isAncestor(repository.git, tip, landing, signal))) {
    return `"${target}" has commits that are not among what has landed`
  }
  const folder = await checkedOutAt(repository, `refs/heads/${target}`, signal)
  return folder === null ? null : `"${target}" is checked out in "${folder}"`
}

async function countBehind(
  repository: Repository,
  tip: string | null,
  landing: string,
  signal: AbortSignal,
): Promise<number> {
  const range = tip === null ? [landing] : [landing, `^${tip}`]
  const { stdout } = await repository.git.run(['rev-list', '--count', ...range], {
    signal,
    purpose: 'count how far the target branch is behind',
  })
  return Number(stdout)
}
