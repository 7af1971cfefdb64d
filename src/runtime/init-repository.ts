// Makes a repository ready for jetpack: `.beads`, the exclude line, the state folder with its token, the task
// branch. Repeatable: what is there stays. No tracked file, hook or configuration is touched.

import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { JetpackError } from '../core/fault.js'
import { TaskBranch } from '../git/branch/task-branch.js'
import { addExcludeLine, requireCommits } from '../git/repository.js'
import type { RepositoryContext } from './repository-context.js'

/** What was made, as names for a person; empty when everything was there. */
export async function initRepository(
  context: RepositoryContext,
  signal: AbortSignal,
): Promise<{ readonly created: readonly string[] }> {
  const { repository, layout } = context
  requireCommits(repository)
  const created: string[] = []
  try {
    for (const folder of [layout.tasks, layout.runs, layout.worktrees])
      if ((await mkdir(folder, { recursive: true })) !== undefined) created.push(folder)
    if ((await mkdir(layout.state, { recursive: true, mode: 0o700 })) !== undefined)
      created.push(layout.state)
    await chmod(layout.state, 0o700)
    if (await writeNew(layout.token, randomBytes(32).toString('hex'))) created.push(layout.token)
    await writeNew(layout.homeFile, `${layout.home}\n`)
  } catch (error) {
    throw notWritable(error, layout.beads)
  }
  await addExcludeLine(repository)
  await using branch = await TaskBranch.open(repository, { signal })
  if (branch.created) created.push('branch jetpack-tasks')
  return { created }
}

/** The token that commands over the socket must carry. Fails with `not_initialised`. */
export async function readToken(context: RepositoryContext): Promise<string> {
  try {
    return (await readFile(context.layout.token, 'utf8')).trim()
  } catch (cause) {
    throw new JetpackError(
      'not_initialised',
      `Cannot read ${context.layout.token}: this repository has not been prepared.`,
      'Run `jetpack init` first.',
      cause,
    )
  }
}

/** Writes a file with mode 0600 unless it is there. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600)
    await handle.close()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
  await writeFile(path, text, { mode: 0o600 })
  return true
}

function notWritable(cause: unknown, path: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  return new JetpackError(
    'write_failed',
    `Cannot prepare ${path}: ${cause.message}`,
    'Make the folder writable for your user.',
    cause,
  )
}
