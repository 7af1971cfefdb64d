// Reads the history of the task branch for people: off the hot path, through simple-git. Texts in it come from
// agents and are hostile until sanitised, although the writer keeps them to one line each.

import { type SimpleGit, simpleGit } from 'simple-git'
import { JetpackError } from '../../core/fault.js'
import { branchPaths, refNames } from '../../core/layout.js'
import type { TaskId } from '../../core/model/task.js'
import { type TrailerName, trailerNames } from '../branch/commit-message.js'
import { oneLine } from '../command/one-line.js'
import type { Repository } from '../repository.js'

/** How far back is looked; a night of a thousand tasks makes some ten thousand commits. */
export const historyReach = 100_000
/** How long git may be silent. */
const silentMs = 60_000

export interface HistoryEntry {
  readonly commit: string
  /** Seconds are all that git keeps; in ms since 1970. */
  readonly at: number
  readonly subject: string
  readonly trailers: Readonly<Partial<Record<TrailerName, string>>>
}

/** The changes of one task, newest first, those that touched many tasks at once (an import) included. At most `limit`. */
export async function taskHistory(
  repository: Repository,
  id: TaskId,
  limit: number,
  signal: AbortSignal,
): Promise<readonly HistoryEntry[]> {
  const all = await readLog(repository, historyReach, signal)
  // A commit without a Task trailer is about many tasks, or about a run: only its files tell.
  const wide = all.filter(entry => entry.trailers.Task === undefined).map(entry => entry.commit)
  const touching = new Set(await commitsTouching(repository, branchPaths.task(id), wide, signal))
  return all.filter(entry => entry.trailers.Task === id || touching.has(entry.commit)).slice(0, limit)
}

/** The newest changes of all tasks, newest first. */
export async function branchLog(
  repository: Repository,
  limit: number,
  signal: AbortSignal,
): Promise<readonly HistoryEntry[]> {
  return await readLog(repository, limit, signal)
}

/** What `git fsck` finds wrong with everything our refs reach, one line each; empty when all is well. */
export async function fsck(repository: Repository, signal: AbortSignal): Promise<readonly string[]> {
  const problems: string[] = []
  const git = open(repository, signal, {
    // Exit codes of fsck are findings; only an unusable git is a fault.
    errors: (error, result) => {
      if (result.exitCode === 0) return error
      problems.push(
        ...Buffer.concat([...result.stdOut, ...result.stdErr])
          .toString('utf8')
          .split('\n'),
      )
      return undefined
    },
  })
  const refs = await ask(repository, 'list its refs', () =>
    open(repository, signal).raw([
      'for-each-ref',
      '--format=%(objectname)',
      refNames.taskBranch,
      'refs/jetpack/',
    ]),
  )
  const tips = [...new Set(refs.split('\n').filter(line => line !== ''))]
  await ask(repository, 'check its objects', () =>
    git.raw(['fsck', '--no-dangling', '--no-progress', '--no-reflogs', ...tips.slice(0, fsckTips)]),
  )
  return problems.filter(line => line.trim() !== '').map(line => oneLine(line, 400))
}

/** As many tips as an argument list takes without trouble. */
const fsckTips = 2_000

/** Fields are told apart by a character that the writer never lets into a message. */
const format = '--format=%H%x1f%ct%x1f%B'

async function readLog(repository: Repository, limit: number, signal: AbortSignal): Promise<HistoryEntry[]> {
  const text = await ask(repository, 'read its history', async () => {
    const git = open(repository, signal)
    const there = await git.raw(['for-each-ref', '--format=%(objectname)', refNames.taskBranch])
    return there.trim() === ''
      ? ''
      : await git.raw(['log', '-z', `--max-count=${limit}`, format, refNames.taskBranch])
  })
  return text
    .split('\0')
    .filter(record => record !== '')
    .map(parseRecord)
}

function parseRecord(record: string): HistoryEntry {
  const [commit = '', seconds = '0', message = ''] = record.split('\x1f')
  const [subject = '', ...body] = message.trimEnd().split('\n')
  const trailers: Partial<Record<TrailerName, string>> = {}
  // The last paragraph is the trailers; a subject alone has none.
  for (const line of body.slice(body.lastIndexOf('') + 1)) {
    const [, name, value] = /^([A-Z][a-z]+): (.*)$/.exec(line) ?? []
    const known = trailerNames.find(trailer => trailer === name)
    if (known !== undefined && value !== undefined) trailers[known] = value
  }
  return { commit, at: Number(seconds) * 1000, subject, trailers }
}

async function commitsTouching(
  repository: Repository,
  path: string,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  if (commits.length === 0) return []
  const git = open(repository, signal, { input: () => `${commits.join('\n')}\n` })
  const text = await ask(repository, 'read its history', () =>
    git.raw(['diff-tree', '--stdin', '--root', '-r', '-s', '--format=%H', '--', path]),
  )
  return text.split('\n').filter(line => line !== '')
}

function open(
  repository: Repository,
  signal: AbortSignal,
  more: Parameters<typeof simpleGit>[0] & object = {},
): SimpleGit {
  // simple-git takes every GIT_ variable out of the child's environment by itself, and refuses settings such as
  // core.hooksPath; nothing that is run here starts a hook.
  return simpleGit({
    baseDir: repository.home,
    abort: signal,
    timeout: { block: silentMs },
    config: ['log.showSignature=false', 'color.ui=false'],
    ...more,
  })
}

async function ask<T>(repository: Repository, purpose: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new JetpackError(
      'git_failed',
      `Cannot look at "${repository.home}" to ${purpose}: ${oneLine(text, 400)}`,
      null,
      error,
    )
  }
}
