// Names of commits: read them, compare them, move them. Every move is one compare-and-swap transaction whose
// folders are synced before it counts.

import { readFile } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import { syncRefFolders } from '../command/durable-folder.js'
import { firstLine, type Git } from '../command/git-command.js'
import { hasCode } from '../command/system-error.js'
import type { Repository } from '../repository.js'
import { healRefLock } from './ref-lock.js'

/** One ref of a transaction. `from`: what it must be now; null: it must not exist; undefined: anything. `to` null deletes it. */
export interface RefMove {
  readonly ref: string
  readonly to: string | null
  readonly from?: string | null
}

export type MoveResult = { readonly kind: 'moved' } | { readonly kind: 'refused'; readonly reason: string }

/** The commit that `name` stands for, or null when it stands for none. */
export async function resolveCommit(git: Git, name: string, signal: AbortSignal): Promise<string | null> {
  return git.find(`${name}^{commit}`, signal)
}

/** The tree of a commit. Throws `git_failed` when the commit is not there. */
export async function treeOf(git: Git, commit: string, signal: AbortSignal): Promise<string> {
  const tree = await git.find(`${commit}^{tree}`, signal)
  if (tree !== null) return tree
  throw new JetpackError('git_failed', `Cannot find the tree of ${commit}: there is no such commit.`)
}

/** The trees of several commits, in their order. */
export async function treesOf(git: Git, commits: readonly string[], signal: AbortSignal): Promise<string[]> {
  return Promise.all(commits.map(commit => treeOf(git, commit, signal)))
}

/** Whether everything in `ancestor` is in `commit` too; also when they are the same. */
export async function isAncestor(
  git: Git,
  ancestor: string,
  commit: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (ancestor === commit) return true
  const { exitCode } = await git.run(['merge-base', '--is-ancestor', ancestor, commit], {
    signal,
    purpose: `compare ${ancestor} with ${commit}`,
    answers: [0, 1],
  })
  return exitCode === 0
}

/**
 * All refs or none. `refused` when git would not: mostly because a ref is not at `from`. A lock file that a
 * killed git left on one of our refs is removed and the transaction tried once more.
 */
export async function moveRefs(
  repository: Repository,
  moves: readonly RefMove[],
  signal: AbortSignal,
): Promise<MoveResult> {
  let result = await tryMove(repository, moves, signal)
  if (result.kind === 'refused' && result.reason.includes('.lock')) {
    let healed = false
    for (const { ref } of moves) healed = (await healRefLock(repository.commonDir, ref, signal)) || healed
    if (healed) result = await tryMove(repository, moves, signal)
  }
  return result
}

async function tryMove(
  repository: Repository,
  moves: readonly RefMove[],
  signal: AbortSignal,
): Promise<MoveResult> {
  const lines = moves.map(({ ref, to, from }) => {
    const old = from === undefined ? '' : ` ${from ?? repository.zeroId}`
    return to === null ? `delete ${ref}${old}` : `update ${ref} ${to}${old}`
  })
  const { exitCode, stderr } = await repository.git.run(['update-ref', '--stdin'], {
    signal,
    purpose: `move ${moves.map(move => move.ref).join(', ')}`,
    stdin: ['start', ...lines, 'prepare', 'commit', ''].join('\n'),
    answers: [0, 128],
  })
  if (exitCode !== 0) return { kind: 'refused', reason: firstLine(stderr) }
  await syncRefFolders(
    repository.commonDir,
    moves.map(move => move.ref),
  )
  return { kind: 'moved' }
}

/** The folder of the checkout that has branch `ref` checked out, or is rebasing it; null where nobody has. */
export async function checkedOutAt(
  repository: Repository,
  ref: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { stdout } = await repository.git.run(['worktree', 'list', '--porcelain', '-z'], {
    signal,
    purpose: `find out where ${ref} is checked out`,
  })
  for (const block of stdout.split('\0\0')) {
    const lines = block.split('\0')
    const folder = lines.find(line => line.startsWith('worktree '))?.slice('worktree '.length)
    if (folder === undefined) continue
    if (lines.includes(`branch ${ref}`)) return folder
    if (lines.includes('detached') && (await isRebasing(folder, ref))) return folder
  }
  return null
}

/** A checkout in the middle of a rebase is detached, and will move its branch when the rebase ends. */
async function isRebasing(folder: string, ref: string): Promise<boolean> {
  const gitDir = await gitDirOf(folder)
  const names = ['rebase-merge/head-name', 'rebase-apply/head-name']
  const heads = await Promise.all(names.map(name => readOr(`${gitDir}/${name}`, '')))
  return heads.some(head => head.trim() === ref)
}

async function gitDirOf(folder: string): Promise<string> {
  const pointer = /^gitdir: (.+)$/m.exec(await readOr(`${folder}/.git`, ''))
  return pointer?.[1] ?? `${folder}/.git`
}

async function readOr(file: string, otherwise: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    // Absent, or a folder where a file was looked for: both mean that nothing is recorded there.
    if (hasCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return otherwise
    throw error
  }
}
