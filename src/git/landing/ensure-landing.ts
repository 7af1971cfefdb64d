// Where a run begins: the landing ref, the branch it grows from and the target branch are brought into line.

import { JetpackError } from '../../core/fault.js'
import { refNames } from '../../core/layout.js'
import { isAncestor, moveRefs, resolveCommit } from '../refs/refs.js'
import type { Repository } from '../repository.js'
import { followTarget, type TargetLag } from './follow-target.js'

export interface LandingStart extends TargetLag {
  readonly tip: string
  /** `from` and the landing ref both have commits that the other lacks; the landing ref was kept. */
  readonly diverged: boolean
}

/**
 * The landing ref contained in `from` goes to `from`; `from` contained in it: it stays; diverged: it stays, and
 * says so. Without a landing ref the target branch, if there is one, takes its part. Throws `config_invalid` when a name is no good.
 */
export async function ensureLanding(given: {
  readonly repository: Repository
  readonly target: string
  /** A branch, tag or commit, as seen from the home checkout, e.g. "HEAD". */
  readonly from: string
  readonly signal: AbortSignal
}): Promise<LandingStart> {
  const { repository, target, from, signal } = given
  await requireBranchName(repository, target, signal)
  const start = await resolveCommit(repository.homeGit, from, signal)
  if (start === null) {
    throw new JetpackError(
      'config_invalid',
      `Cannot begin from "${from}": it names no commit of this repository.`,
      'Set target.from to a branch, a tag or a commit.',
    )
  }
  const landing = refNames.landing(target)
  const old = await resolveCommit(repository.git, landing, signal)
  const known = old ?? (await resolveCommit(repository.git, `refs/heads/${target}`, signal))
  const tip = known === null || (await isAncestor(repository.git, known, start, signal)) ? start : known
  const diverged = tip !== start && !(await isAncestor(repository.git, start, tip, signal))
  if (tip !== old) {
    const result = await moveRefs(repository, [{ ref: landing, to: tip, from: old }], signal)
    if (result.kind === 'refused') {
      throw new JetpackError('git_failed', `Cannot set the landing ref of "${target}": ${result.reason}`)
    }
  }
  return { tip, diverged, ...(await followTarget({ repository, target, signal })) }
}

async function requireBranchName(repository: Repository, name: string, signal: AbortSignal): Promise<void> {
  const { exitCode } = await repository.git.run(['check-ref-format', `refs/heads/${name}`], {
    signal,
    purpose: `check the branch name "${name}"`,
    answers: [0, 1],
  })
  if (exitCode === 0 && !name.startsWith('-') && name !== 'HEAD') return
  throw new JetpackError(
    'config_invalid',
    `Cannot land on "${name}": git allows no branch of that name.`,
    'Set target.branch to the name of a branch, for example "jetpack-night".',
  )
}
