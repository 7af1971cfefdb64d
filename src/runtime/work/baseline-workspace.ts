// A worktree on the landing tip for the baseline, gone again when the gates have run. Its name begins with a dot,
// so it is no task's.

import { rm } from 'node:fs/promises'
import { furnishWorkspace } from './furnish-workspace.js'
import type { WorkContext } from './work-context.js'

export async function baselineWorkspace(
  context: WorkContext,
  tip: string,
): Promise<AsyncDisposable & { readonly folder: string }> {
  const { git, layout, signal } = context
  const folder = `${layout.worktrees}/.baseline`
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    await git.git.run(['worktree', 'prune'], { signal, purpose: 'remove the workspace of the baseline' })
  }
  await remove()
  await git.git.run(['worktree', 'add', '--detach', '--force', folder, tip], {
    signal,
    purpose: 'make a workspace for the baseline',
  })
  await furnishWorkspace(context, folder, layout.journal)
  return { folder, [Symbol.asyncDispose]: remove }
}
