// Gates run in the task's own workspace, on the merged tree; afterwards the agent's work is back in its place.

import { JetpackError } from '../../core/fault.js'
import { deadlineMs } from '../command/git-command.js'
import { markGates } from './gate-marker.js'
import { openWorkspace } from './mend-workspace.js'
import { ofNoAttempt, type WorkspaceOf } from './workspace.js'

export type CheckoutInput = Omit<WorkspaceOf, 'n'>

/**
 * Puts the merged tree into the workspace, HEAD detached, and gives the folder. The work must have been collected
 * before: what is not committed is lost. Throws `git_failed` when the workspace is gone.
 */
export async function checkoutMerged(of: CheckoutInput & { readonly mergeCommit: string }): Promise<string> {
  const { mergeCommit } = of
  const workspace = await openWorkspace({ ...of, n: ofNoAttempt })
  if (workspace === null) {
    throw new JetpackError(
      'git_failed',
      `Cannot run the gates of "${of.id}": its workspace is gone.`,
      'The next attempt makes a new one.',
    )
  }
  await markGates(workspace, mergeCommit)
  await workspace.git.run(['checkout', '-q', '--force', '--detach', mergeCommit], {
    signal: of.signal,
    purpose: `check out the merged tree of "${of.id}"`,
    timeoutMs: deadlineMs.checkout,
  })
  return workspace.folder
}

/** Puts the workspace back on its work branch, as it was before the gates; ignored files (caches, builds) stay. */
export async function checkoutWork(of: CheckoutInput): Promise<void> {
  await openWorkspace({ ...of, n: ofNoAttempt })
}
