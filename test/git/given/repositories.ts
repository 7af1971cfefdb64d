// Real repositories in temporary folders, made with a git that knows nothing of the person's configuration.

import { execFileSync } from 'node:child_process'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { layoutOf } from '../../../src/core/layout.js'
import type { BranchCommit } from '../../../src/git/branch/task-branch.js'
import { openRepository } from '../../../src/git/repository.js'

/** Two minutes are far more than any test here needs. */
export const signal = AbortSignal.timeout(120_000)

const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Person',
  GIT_AUTHOR_EMAIL: 'person@example.org',
  GIT_COMMITTER_NAME: 'Person',
  GIT_COMMITTER_EMAIL: 'person@example.org',
}

/** What a person would type; output without the last newline. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd()
}

/** Writes files below `folder`, making folders as needed. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true })
    writeFileSync(`${folder}/${path}`, text)
  }
}

/** A repository with one commit on `main`. */
export function makeRepository(folder: string, ...initArguments: readonly string[]): string {
  const home = realpathSync(folder)
  git(home, 'init', '-q', '-b', 'main', ...initArguments)
  write(home, {
    'README.md': '# Project\n',
    'src/a.txt': 'one\ntwo\nthree\n',
    '.gitignore': 'node_modules/\n',
  })
  git(home, 'add', '.')
  git(home, 'commit', '-q', '-m', 'Begin')
  return home
}

export async function open(home: string) {
  const repository = await openRepository(home, signal)
  return { repository, layout: layoutOf(repository.home, repository.commonDir) }
}

/** A change of one task's file. */
export function change(id: string, text: string, message = `${id} changed\n`): BranchCommit {
  return {
    message,
    files: [{ path: `.beads/tasks/${id}.json`, bytes: Buffer.from(text) }],
    at: 1_700_000_000_000,
  }
}
