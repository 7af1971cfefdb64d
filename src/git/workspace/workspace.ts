// A workspace: the folder that belongs to a task until it lands, and its registration inside the git folder. Both
// are found by what they say of each other, never by name alone, so that no worktree of the person is ever taken for ours.

import { lstat, readdir, readFile } from 'node:fs/promises'
import { type Layout, refNames, workspaceFolder } from '../../core/layout.js'
import type { TaskId } from '../../core/model/task.js'
import { taskIdFlaw } from '../../core/model/task-id.js'
import { Git } from '../command/git-command.js'
import { hasCode } from '../command/system-error.js'
import type { Repository } from '../repository.js'

/** Whose workspace, and for which attempt; `n` names the salvage refs. */
export interface WorkspaceOf {
  readonly repository: Repository
  readonly layout: Layout
  readonly id: TaskId
  readonly n: number
  readonly signal: AbortSignal
}

/** Stands for `n` where work is found that belongs to no attempt in particular. */
export const ofNoAttempt = 0

export interface Workspace {
  readonly folder: string
  /** Its registration: `<git-common-dir>/worktrees/<name>`. */
  readonly gitDir: string
  /** The full name of its work branch. */
  readonly branch: string
  /** Bound to both, so it works whatever the agent did to the folder's `.git`. */
  readonly git: Git
}

export function placeOf({ layout, id }: Pick<WorkspaceOf, 'layout' | 'id'>): {
  folder: string
  branch: string
} {
  // Folders named here get deleted: the id was checked where it came in, and is checked once more.
  const flaw = taskIdFlaw(id)
  if (flaw !== null) throw new Error(`A task id ${flaw}: ${JSON.stringify(id)}`)
  return { folder: workspaceFolder(layout, id), branch: refNames.work(id) }
}

export function workspaceAt(folder: string, gitDir: string, branch: string): Workspace {
  return { folder, gitDir, branch, git: new Git({ cwd: folder, gitDir, workTree: folder }) }
}

/** The registrations that point at `folder`, and those of `branch` whose folder has gone. */
export async function findRegistrations(
  repository: Repository,
  folder: string,
  branch: string,
): Promise<{ readonly here: string | null; readonly stale: readonly string[] }> {
  let here: string | null = null
  const stale: string[] = []
  for (const name of await listFolder(`${repository.commonDir}/worktrees`)) {
    const gitDir = `${repository.commonDir}/worktrees/${name}`
    const pointer = (await readOptional(`${gitDir}/gitdir`))?.trim()
    if (pointer === `${folder}/.git`) {
      if (here === null) here = gitDir
      else stale.push(gitDir)
    } else if ((await readOptional(`${gitDir}/HEAD`))?.trim() === `ref: ${branch}`) {
      if (pointer === undefined || !(await isThere(pointer))) stale.push(gitDir)
    }
  }
  return { here, stale }
}

/** What stands at a path, symbolic links not followed. */
export async function kindAt(path: string): Promise<'folder' | 'file' | null> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}

export async function isThere(path: string): Promise<boolean> {
  return (await kindAt(path)) !== null
}

/** The text of a file, or null when there is no such file. */
export async function readOptional(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return null
    throw error
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    // git makes the folder with the first worktree and removes it with the last.
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
