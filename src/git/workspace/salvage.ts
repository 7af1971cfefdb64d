// Work that a task will not go on with is kept under `refs/jetpack/salvage/<id>/<n>`: nothing unlanded is ever deleted.

import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { JetpackError } from '../../core/fault.js'
import { refNames } from '../../core/layout.js'
import { Git } from '../command/git-command.js'
import { makeDurable } from '../refs/durable-objects.js'
import { moveRefs, resolveCommit, treeOf } from '../refs/refs.js'
import type { WorkspaceOf } from './workspace.js'

/** Most salvages of one attempt; more would mean that a workspace breaks again and again without end. */
const salvagesPerAttempt = 100

/** Keeps `commit` and makes it durable; gives the ref, or null when `known` (durable commits) already hold it. */
export async function keepCommit(
  of: WorkspaceOf,
  commit: string,
  known: readonly string[],
): Promise<string | null> {
  const { repository, id, n, signal } = of
  const { stdout } = await repository.git.run(
    ['rev-list', '--max-count=1', commit, ...known.map(other => `^${other}`)],
    { signal, purpose: `see whether ${commit} must be kept` },
  )
  if (stdout.trim() === '') return null
  await makeDurable(repository, commit, known, signal)
  for (let k = 1; k <= salvagesPerAttempt; k += 1) {
    const ref = refNames.salvage(id, n) + (k === 1 ? '' : `-${k}`)
    const there = await resolveCommit(repository.git, ref, signal)
    if (there === commit) return ref
    if (there !== null) continue
    const result = await moveRefs(repository, [{ ref, to: commit, from: null }], signal)
    if (result.kind === 'moved') return ref
    throw new JetpackError('git_failed', `Cannot keep the old work of "${id}" at ${ref}: ${result.reason}`)
  }
  throw new JetpackError(
    'git_failed',
    `Cannot keep the old work of "${id}": attempt ${n} has ${salvagesPerAttempt} salvage refs already.`,
    `Look at them with: git for-each-ref ${refNames.salvage(id, n)}*`,
  )
}

/** Keeps the files of a folder that git no longer knows as a worktree, as a commit on top of `parent`. */
export async function keepFolder(of: WorkspaceOf, folder: string, parent: string | null): Promise<void> {
  const { repository, layout, id, n, signal } = of
  await mkdir(layout.state, { recursive: true, mode: 0o700 })
  const index = `${layout.state}/salvage-${randomUUID()}.index`
  const git = new Git({ cwd: folder, gitDir: repository.commonDir, workTree: folder })
  const options = { signal, purpose: `keep what lies in "${folder}"`, env: { GIT_INDEX_FILE: index } }
  try {
    if (parent !== null) await git.run(['read-tree', parent], options)
    await git.run(['add', '-A', '--ignore-errors'], { ...options, answers: [0, 1] })
    const tree = (await git.run(['write-tree'], options)).stdout.trim()
    if (parent !== null && tree === (await treeOf(git, parent, signal))) return
    const message = `${id}: found in a broken workspace before attempt ${n}\n`
    const parents = parent === null ? [] : ['-p', parent]
    const commit = await git.run(['commit-tree', tree, ...parents, '-F', '-'], { ...options, stdin: message })
    await keepCommit(of, commit.stdout.trim(), parent === null ? [] : [parent])
  } finally {
    await rm(index, { force: true })
    await rm(`${index}.lock`, { force: true })
  }
}
