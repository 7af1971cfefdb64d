// Opens a task's workspace and heals it first: a person may have cleaned it away, an agent may have broken its
// `.git`, a killed git may have left locks. Whatever cannot be healed is kept as a salvage and made anew.

import { readdir, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { resolveCommit } from '../refs/refs.js'
import { leaveGates } from './gate-marker.js'
import { removeFolder, setAside } from './move-folder.js'
import { keepCommit, keepFolder } from './salvage.js'
import {
  findRegistrations,
  isThere,
  kindAt,
  placeOf,
  readOptional,
  type Workspace,
  type WorkspaceOf,
  workspaceAt,
} from './workspace.js'
import { rebuildIndex } from './workspace-state.js'

/** The task's workspace, healed and with no gate's checkout in it; null when there is none any more. */
export async function openWorkspace(of: WorkspaceOf): Promise<Workspace | null> {
  const { folder, branch } = placeOf(of)
  const { here, stale } = await findRegistrations(of.repository, folder, branch)
  const kind = await kindAt(folder)
  for (const gitDir of stale) await dropRegistration(of, gitDir)
  if (here !== null && kind === 'folder') {
    const workspace = workspaceAt(folder, here, branch)
    await mend(of, workspace)
    await leaveGates(workspace, of.signal)
    return workspace
  }
  if (here !== null) await dropRegistration(of, here)
  if (kind === 'folder')
    await keepFolder(of, folder, await resolveCommit(of.repository.git, branch, of.signal))
  if (kind !== null) await removeFolder(folder)
  return null
}

/** Removes folder and registration; the caller has kept what they held. */
export async function discardWorkspace(of: WorkspaceOf, workspace: Workspace): Promise<void> {
  await removeFolder(workspace.folder)
  await of.repository.worktreeLane.run(() => removeFolder(workspace.gitDir))
}

/** Forgets a registration whose folder is gone, after keeping commits that only its HEAD knew. */
async function dropRegistration(of: WorkspaceOf, gitDir: string): Promise<void> {
  const head = (await readOptional(`${gitDir}/HEAD`))?.trim() ?? ''
  if (/^[0-9a-f]{40,64}$/.test(head) && (await resolveCommit(of.repository.git, head, of.signal)) !== null) {
    const { branch } = placeOf(of)
    const tip = await resolveCommit(of.repository.git, branch, of.signal)
    await keepCommit(of, head, tip === null ? [] : [tip])
  }
  await of.repository.worktreeLane.run(() => removeFolder(gitDir))
}

async function mend(of: WorkspaceOf, workspace: Workspace): Promise<void> {
  const { folder, gitDir, branch } = workspace
  // Nobody works here now: the agent's tree is proven gone before its workspace is touched.
  for (const name of await readdir(gitDir)) {
    if (name.endsWith('.lock')) await rm(`${gitDir}/${name}`, { force: true })
  }
  if ((await kindAt(`${folder}/.git`)) === 'folder') {
    await setAside(`${folder}/.git`, of.layout.quarantine, `${of.id}-${of.n}-git`)
  }
  await writeUnless(`${folder}/.git`, `gitdir: ${gitDir}\n`, text => text === `gitdir: ${gitDir}\n`)
  await writeUnless(
    `${gitDir}/commondir`,
    '../..\n',
    text => resolve(gitDir, text.trim()) === of.repository.commonDir,
  )
  await writeUnless(`${gitDir}/HEAD`, `ref: ${branch}\n`, text =>
    /^(ref: refs\/\S+|[0-9a-f]{40,64})\n?$/.test(text),
  )
  if (!(await isThere(`${gitDir}/index`))) await rebuildIndex(workspace, of.signal)
}

async function writeUnless(file: string, text: string, isGood: (text: string) => boolean): Promise<void> {
  const there = await readOptional(file)
  if (there === null || !isGood(there)) await writeFile(file, text)
}
