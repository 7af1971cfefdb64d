// While gates run in a workspace its HEAD is detached at the merged tree, and a marker in the registration says so:
// a crash must not let the gates' checkout, or what they leave lying about, pass for the agent's work.

import { rm, writeFile } from 'node:fs/promises'
import { deadlineMs } from '../command/git-command.js'
import { resolveCommit } from '../refs/refs.js'
import { isThere, type Workspace } from './workspace.js'

const marker = 'jetpack-gates'

export async function markGates({ gitDir }: Workspace, mergeCommit: string): Promise<void> {
  await writeFile(`${gitDir}/${marker}`, `${mergeCommit}\n`)
}

/** Ends the gates' checkout if there is one, also one that a crash cut short. */
export async function leaveGates(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const { git, gitDir, branch } = workspace
  if (!(await isThere(`${gitDir}/${marker}`))) return
  if ((await resolveCommit(git, branch, signal)) !== null) await putOnBranch(workspace, signal)
  await rm(`${gitDir}/${marker}`)
}

/** HEAD on the work branch, index and files as that says, nothing untracked but what is ignored. */
export async function putOnBranch({ git, branch, folder }: Workspace, signal: AbortSignal): Promise<void> {
  const purpose = `put "${folder}" back on its branch`
  const timeoutMs = deadlineMs.checkout
  await git.run(['symbolic-ref', 'HEAD', branch], { signal, purpose })
  await git.run(['reset', '-q', '--hard', branch], { signal, purpose, timeoutMs })
  await git.run(['clean', '-ffdq'], { signal, purpose, timeoutMs })
}
