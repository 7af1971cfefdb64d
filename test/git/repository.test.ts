// Finding the repository, and what is said when there is none that could serve.

import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { Git } from '../../src/git/command/git-command.js'
import { addExcludeLine, openRepository, rememberHome, requireCommits } from '../../src/git/repository.js'
import { git, makeRepository, signal } from './given/repositories.js'

t.test('the home is the checkout we stand in until the home file names another', async t => {
  const home = makeRepository(`${t.testdir({ main: {} })}/main`)
  git(home, 'worktree', 'add', '-q', '--detach', `${home}/../linked`)
  const linked = realpathSync(`${home}/../linked`)
  const first = await openRepository(`${home}/src`, signal)
  t.match(first, {
    home,
    commonDir: `${home}/.git`,
    objectFormat: 'sha1',
    head: git(home, 'rev-parse', 'HEAD'),
  })
  t.equal((await openRepository(linked, signal)).home, linked)
  await rememberHome(first)
  t.match(await openRepository(linked, signal), { home, commonDir: `${home}/.git` })
  writeFileSync(`${home}/.git/jetpack/home`, '/no/such/checkout\n')
  t.equal((await openRepository(linked, signal)).home, linked)
})

t.test('the exclude line is written once and keeps what stands there', async t => {
  const home = makeRepository(t.testdir())
  mkdirSync(`${home}/.git/info`, { recursive: true })
  writeFileSync(`${home}/.git/info/exclude`, '*.swp')
  const repository = await openRepository(home, signal)
  t.equal(await addExcludeLine(repository), true)
  t.equal(await addExcludeLine(repository), false)
  t.equal(readFileSync(`${home}/.git/info/exclude`, 'utf8'), '*.swp\n/.beads/\n')
  rmSync(`${home}/.git/info`, { recursive: true })
  t.equal(await addExcludeLine(repository), true)
})

t.test('a folder outside any repository, a bare one and an absent one are told apart', async t => {
  const folder = t.testdir({ plain: {}, bare: {} })
  // The test folders lie inside a checkout; a git folder that is none ends the search upwards.
  git(`${folder}/bare`, 'init', '-q', '--bare')
  writeFileSync(`${folder}/plain/.git`, 'gitdir: nowhere\n')
  await t.rejects(openRepository(`${folder}/plain`, signal), {
    code: 'not_a_repository',
    message: /not inside a git repository/,
  })
  await t.rejects(openRepository(`${folder}/bare`, signal), { code: 'not_a_repository', message: /bare/ })
  await t.rejects(openRepository(`${folder}/absent`, signal), {
    code: 'not_a_repository',
    message: /no folder/,
  })
})

t.test('a repository without a commit opens, but nothing can start there', async t => {
  const home = t.testdir()
  git(home, 'init', '-q')
  const repository = await openRepository(home, signal)
  t.equal(repository.head, null)
  t.throws(() => requireCommits(repository), { code: 'repository_has_no_commits' })
})

t.test(
  'a git folder of another user is refused',
  { skip: process.getuid?.() === 0 ? false : 'only root can give files away' },
  async t => {
    const home = makeRepository(t.testdir())
    chownSync(`${home}/.git`, 65534, 65534)
    await t.rejects(openRepository(home, signal), { code: 'repository_not_ours' })
  },
)

t.test('a caller inside another git command does not redirect us', async t => {
  const home = makeRepository(`${t.testdir({ mine: {}, other: {} })}/mine`)
  const other = makeRepository(`${t.testdirName}/other`)
  const names = {
    GIT_DIR: `${other}/.git`,
    GIT_INDEX_FILE: `${other}/.git/index`,
    GIT_WORK_TREE: other,
    GIT_OBJECT_DIRECTORY: `${other}/.git/objects`,
  }
  Object.assign(process.env, names)
  t.teardown(() => {
    for (const name of Object.keys(names)) delete process.env[name]
  })
  t.match(await openRepository(home, signal), { home, commonDir: `${home}/.git` })
})

t.test('a failing command says what it was for, how it ended and what git said', async t => {
  const home = makeRepository(t.testdir())
  const repository = await openRepository(home, signal)
  await t.rejects(repository.git.run(['cat-file', '-p', 'nothing'], { signal, purpose: 'read a thing' }), {
    code: 'git_failed',
    message:
      'Cannot read a thing: git cat-file ended with exit code 128: fatal: Not a valid object name nothing',
  })
  await t.rejects(
    repository.git.run(['cat-file', '--batch'], { signal, purpose: 'wait', timeoutMs: 50, stdin: endless() }),
    /within 0.05 s/,
  )
  const gone = new Git({ cwd: `${home}/gone`, gitDir: null, workTree: null })
  await t.rejects(gone.run(['version'], { signal, purpose: 'say hello' }), { code: 'git_failed' })
  await t.rejects(
    repository.git.run(['version'], { signal, purpose: 'say hello', env: { PATH: '/nowhere' } }),
    { code: 'git_missing' },
  )
  const controller = new AbortController()
  controller.abort(new Error('enough'))
  await t.rejects(
    repository.git.run(['version'], { signal: controller.signal, purpose: 'say hello' }),
    /enough/,
  )
  t.ok(existsSync(`${home}/.git/HEAD`))
})

/** More input than git can answer in the time it gets. */
function endless(): string {
  return 'HEAD^{tree}\n'.repeat(2_000_000)
}
