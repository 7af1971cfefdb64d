// Finds the repository and says who it is: common folder, home checkout, object format, first commit. Opening
// one writes nothing.

import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, open, readFile, realpath, rename, stat } from 'node:fs/promises'
import { JetpackError } from '../core/fault.js'
import { layoutOf } from '../core/layout.js'
import { syncFolder } from './command/durable-folder.js'
import { Git } from './command/git-command.js'
import { Lane } from './command/lane.js'
import { hasCode } from './command/system-error.js'

/** The oldest git that merges in memory (`merge-tree --write-tree`). */
const oldestGit = { major: 2, minor: 38 } as const

export interface Repository {
  /** Bound to the common folder: for refs and objects. */
  readonly git: Git
  /** Bound to the home checkout: for what "HEAD" means to the person there. */
  readonly homeGit: Git
  readonly commonDir: string
  /** The checkout that owns `.beads`: the one the `home` file names, else the one we stand in. */
  readonly home: string
  readonly objectFormat: string
  /** The id of no object: what a ref that must not exist is compared with. */
  readonly zeroId: string
  /** Commit of the home checkout's HEAD when the repository was opened; null while it has none. */
  readonly head: string | null
  /** Adding and removing worktrees one at a time: git numbers their folders without a lock. */
  readonly worktreeLane: Lane
}

/** Throws `git_missing`, `not_a_repository` or `repository_not_ours`. */
export async function openRepository(cwd: string, signal: AbortSignal): Promise<Repository> {
  const here = new Git({ cwd, gitDir: null, workTree: null })
  if (!existsSync(cwd)) {
    throw new JetpackError('not_a_repository', `Cannot open the repository: there is no folder "${cwd}".`)
  }
  const [found] = await Promise.all([readPlace(here, cwd, signal), requireNewGit(here, signal)])
  await requireOurs(found.commonDir)
  const home = (await readHomeFile(found.commonDir)) ?? (await readTopLevel(here, cwd, signal))
  const homeGit = new Git({ cwd: home, gitDir: null, workTree: null })
  const head = await homeGit.run(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], {
    signal,
    purpose: 'read HEAD',
    answers: [0, 1],
  })
  return {
    git: new Git({ cwd: home, gitDir: found.commonDir, workTree: null }),
    homeGit,
    commonDir: found.commonDir,
    home,
    objectFormat: found.objectFormat,
    zeroId: '0'.repeat(found.objectFormat === 'sha256' ? 64 : 40),
    head: head.exitCode === 0 ? head.stdout.trim() : null,
    worktreeLane: new Lane(),
  }
}

/** The commit of HEAD. Throws `repository_has_no_commits`: there is nothing yet that agents could start from. */
export function requireCommits(repository: Repository): string {
  if (repository.head !== null) return repository.head
  throw new JetpackError(
    'repository_has_no_commits',
    `Cannot start in "${repository.home}": the repository has no commit yet.`,
    'Make a first commit, for example: git add . && git commit -m "Begin".',
  )
}

/** Makes `/.beads/` invisible to git in every checkout of this repository. True when the line was not there yet. */
export async function addExcludeLine(repository: Repository): Promise<boolean> {
  const folder = `${repository.commonDir}/info`
  await mkdir(folder, { recursive: true })
  const file = `${folder}/exclude`
  const text = await readText(file)
  if (text?.split(/\r?\n/).includes('/.beads/')) return false
  const begin = text === null || text === '' || text.endsWith('\n') ? '' : '\n'
  await appendFile(file, `${begin}/.beads/\n`)
  await syncFolder(folder)
  return true
}

/** Writes the `home` file, which lets commands in any linked worktree find `.beads`, unless it already names a checkout. */
export async function rememberHome(repository: Repository): Promise<void> {
  if ((await readHomeFile(repository.commonDir)) !== null) return
  const layout = layoutOf(repository.home, repository.commonDir)
  await mkdir(layout.state, { recursive: true, mode: 0o700 })
  const temporary = `${layout.homeFile}.${randomUUID()}`
  {
    await using handle = await open(temporary, 'wx', 0o600)
    await handle.writeFile(`${repository.home}\n`)
    await handle.sync()
  }
  await rename(temporary, layout.homeFile)
  await syncFolder(layout.state)
}

async function readPlace(here: Git, cwd: string, signal: AbortSignal) {
  const { stdout, stderr, exitCode } = await here.run(
    ['rev-parse', '--path-format=absolute', '--git-common-dir', '--show-object-format'],
    { signal, purpose: `open the repository at "${cwd}"`, answers: [0, 128] },
  )
  const [commonDir, objectFormat] = stdout.split('\n')
  if (exitCode === 0 && commonDir !== undefined && objectFormat !== undefined) {
    return { commonDir: await realpath(commonDir), objectFormat }
  }
  if (stderr.includes('dubious ownership')) throw notOurs(cwd)
  throw new JetpackError(
    'not_a_repository',
    `Cannot open the repository: "${cwd}" is not inside a git repository.`,
    'Change to a checkout, or make one with: git init',
  )
}

async function readTopLevel(here: Git, cwd: string, signal: AbortSignal): Promise<string> {
  const { stdout, exitCode } = await here.run(['rev-parse', '--show-toplevel'], {
    signal,
    purpose: `find the checkout around "${cwd}"`,
    answers: [0, 128],
  })
  if (exitCode === 0 && stdout.trim() !== '') return stdout.replace(/\n$/, '')
  throw new JetpackError(
    'not_a_repository',
    `Cannot open the repository: "${cwd}" is a bare repository or the inside of a git folder, so there is no checkout to work from.`,
    'Change to a checkout of it, or make one with: git worktree add ../checkout',
  )
}

async function readHomeFile(commonDir: string): Promise<string | null> {
  const text = await readText(layoutOf('', commonDir).homeFile)
  const home = text?.trim() ?? ''
  // A home that was moved or deleted owns nothing any more; the checkout we stand in takes its place.
  return home !== '' && existsSync(`${home}/.git`) ? home : null
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Working in another user's git folder would leave files there that its owner can neither change nor remove. */
async function requireOurs(commonDir: string): Promise<void> {
  const uid = process.getuid?.()
  if (uid !== undefined && (await stat(commonDir)).uid !== uid) throw notOurs(commonDir)
}

function notOurs(folder: string): JetpackError {
  return new JetpackError(
    'repository_not_ours',
    `Cannot open the repository: the git folder of "${folder}" belongs to another user.`,
    'Run jetpack as the user who owns the repository.',
  )
}

async function requireNewGit(here: Git, signal: AbortSignal): Promise<void> {
  const { stdout } = await here.run(['version'], { signal, purpose: 'find out the version of git' })
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? []
  const isNew =
    Number(major) > oldestGit.major || (Number(major) === oldestGit.major && Number(minor) >= oldestGit.minor)
  if (isNew) return
  throw new JetpackError(
    'git_missing',
    `Cannot work with ${stdout.trim()}: git ${oldestGit.major}.${oldestGit.minor} or newer is needed to merge in memory.`,
    'Install a newer git.',
  )
}
