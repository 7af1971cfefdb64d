// The task has landed: its workspace and work branch may go. Whatever did not land is kept as a salvage first.

import { JetpackError } from '../../core/fault.js'
import { refNames } from '../../core/layout.js'
import { moveRefs, resolveCommit } from '../refs/refs.js'
import { discardWorkspace, openWorkspace } from './mend-workspace.js'
import { keepCommit } from './salvage.js'
import { ofNoAttempt, placeOf, type WorkspaceOf } from './workspace.js'

/** `target` names the landing ref that the work must be in. Repeatable: what is gone already is no fault. */
export async function removeWorkspace(
  given: Omit<WorkspaceOf, 'n'> & { readonly target: string },
): Promise<void> {
  const of: WorkspaceOf = { ...given, n: ofNoAttempt }
  const { repository, id, target, signal } = given
  const { branch } = placeOf(of)
  const landing = await resolveCommit(repository.git, refNames.landing(target), signal)
  const known = landing === null ? [] : [landing]
  const workspace = await openWorkspace(of)
  if (workspace !== null) {
    const head = await resolveCommit(workspace.git, 'HEAD', signal)
    if (head !== null) await keepCommit(of, head, known)
    await discardWorkspace(of, workspace)
  }
  const tip = await resolveCommit(repository.git, branch, signal)
  if (tip === null) return
  await keepCommit(of, tip, known)
  const result = await moveRefs(repository, [{ ref: branch, to: null, from: tip }], signal)
  if (result.kind === 'moved') return
  throw new JetpackError('git_failed', `Cannot remove the work branch of "${id}": ${result.reason}`)
}
