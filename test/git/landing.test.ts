// Landing: where a run begins, merging in memory, the swap of the landing ref, and the branch that follows it.

import { utimesSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { ensureLanding } from '../../src/git/landing/ensure-landing.js'
import { followTarget } from '../../src/git/landing/follow-target.js'
import { isLanded, land, readLanding } from '../../src/git/landing/land.js'
import { mergeWork } from '../../src/git/landing/merge-work.js'
import { git, makeRepository, open, signal, write } from './given/repositories.js'

const landingRef = 'refs/jetpack/landing/night'

async function givenLanding(t: Test, target = 'night', ...initArguments: readonly string[]) {
  const home = makeRepository(t.testdir(), ...initArguments)
  const { repository } = await open(home)
  const begin = (from = 'HEAD') => ensureLanding({ repository, target, from, signal })
  return {
    home,
    repository,
    begin,
    /** A commit with these files on top of `parent`, made without touching any checkout but a passing one. */
    commitOn: (parent: string, files: Readonly<Record<string, string>>) => {
      git(home, 'worktree', 'add', '-q', '--detach', `${home}/passing`, parent)
      write(`${home}/passing`, files)
      git(`${home}/passing`, 'add', '-A')
      git(`${home}/passing`, 'commit', '-q', '-m', 'Work')
      const commit = git(`${home}/passing`, 'rev-parse', 'HEAD')
      git(home, 'worktree', 'remove', '--force', `${home}/passing`)
      return commit
    },
    merge: (commit: string, tip: string) =>
      mergeWork({ repository, commit, tip, message: 'Land A\n\nTask: A\n', signal }),
    land: (mergeCommit: string, expectedTip: string, n = 1) =>
      land({ repository, target, mergeCommit, expectedTip, taskId: 'A', n, signal }),
    follow: () => followTarget({ repository, target, signal }),
  }
}

async function givenMerge(t: Test, ...initArguments: readonly string[]) {
  const landing = await givenLanding(t, 'night', ...initArguments)
  const { tip } = await landing.begin()
  const commit = landing.commitOn(tip, { 'mine.txt': 'mine\n' })
  const merged = await landing.merge(commit, tip)
  if (merged.kind !== 'merged') throw new Error(merged.kind)
  return { ...landing, tip, commit, ...merged }
}

t.test('a first run begins at HEAD and makes the target branch, slashes and all', async t => {
  const { home, begin } = await givenLanding(t, 'team/night/one')
  const head = git(home, 'rev-parse', 'HEAD')
  t.same(await begin(), { tip: head, diverged: false, behind: 0, why: null })
  t.equal(git(home, 'rev-parse', 'refs/heads/team/night/one'), head)
  t.equal(git(home, 'rev-parse', 'refs/jetpack/landing/team/night/one'), head)
})

t.test(
  'a later run takes up what the person has committed, keeps what is ahead, and says when they diverged',
  async t => {
    const { home, begin, commitOn } = await givenLanding(t)
    await begin()
    git(home, 'commit', '-q', '--allow-empty', '-m', 'Person')
    const person = git(home, 'rev-parse', 'HEAD')
    t.match(await begin(), { tip: person, diverged: false })
    t.equal(git(home, 'rev-parse', 'night'), person)
    const landed = commitOn(person, { 'x.txt': 'x' })
    git(home, 'update-ref', landingRef, landed)
    t.match(await begin(), { tip: landed, diverged: false })
    git(home, 'commit', '-q', '--allow-empty', '-m', 'Person again')
    t.match(await begin(), { tip: landed, diverged: true })
    t.equal(git(home, 'rev-parse', landingRef), landed)
  },
)

t.test('a target branch that was there before jetpack is where landing begins', async t => {
  const { home, begin, commitOn } = await givenLanding(t)
  const ahead = commitOn('HEAD', { 'x.txt': 'x' })
  git(home, 'branch', 'night', ahead)
  t.match(await begin(), { tip: ahead, diverged: false })
})

t.test('names that are no branch and starts that are no commit are refused', async t => {
  const { repository, begin } = await givenLanding(t)
  await t.rejects(begin('no-such-thing'), { code: 'config_invalid' })
  for (const target of ['a..b', '-x', 'HEAD', ''])
    await t.rejects(
      ensureLanding({ repository, target, from: 'HEAD', signal }),
      { code: 'config_invalid' },
      target,
    )
})

t.test('work lands as a merge of tip and work, with the ref before it kept', async t => {
  const { home, repository, commit, tip, mergeCommit, tree, land, follow } = await givenMerge(t)
  t.equal(git(home, 'log', '-1', '--format=%P', mergeCommit), `${tip} ${commit}`)
  t.equal(await isLanded({ repository, target: 'night', commit: mergeCommit, signal }), null)
  t.same(await land(mergeCommit, tip), { kind: 'landed', tree })
  t.equal(git(home, 'rev-parse', 'refs/jetpack/before/A/1'), tip)
  t.same(await isLanded({ repository, target: 'night', commit: mergeCommit, signal }), { tree })
  t.equal(await readLanding({ repository, target: 'night', signal }), mergeCommit)
  t.same(await land(mergeCommit, tip), { kind: 'landed', tree }, 'landing twice is landing once')
  t.same(await follow(), { behind: 0, why: null })
  t.equal(git(home, 'rev-parse', 'night'), mergeCommit)
})

t.test('everything that has landed is in synced packs, not in loose objects', async t => {
  const { home, tip, commit, mergeCommit } = await givenMerge(t)
  git(home, 'prune-packed')
  const loose = git(home, 'rev-list', '--objects', '--unpacked', mergeCommit, `^${tip}`)
  t.equal(loose, '')
  t.equal(git(home, 'rev-list', '--count', commit, `^${tip}`), '1')
})

t.test('a conflict names its files and moves nothing', async t => {
  const { home, begin, commitOn, merge } = await givenLanding(t)
  const { tip } = await begin()
  const mine = commitOn(tip, { 'src/a.txt': 'mine\n', 'line\nbreak': 'mine', 'fine.txt': 'mine' })
  const theirs = commitOn(tip, { 'src/a.txt': 'theirs\n', 'line\nbreak': 'theirs' })
  t.same(await merge(mine, theirs), { kind: 'conflict', files: ['line\nbreak', 'src/a.txt'] })
  t.equal(git(home, 'rev-parse', landingRef), tip)
  const orphan = git(home, 'commit-tree', '-m', 'Orphan', `${tip}^{tree}`)
  t.same(await merge(orphan, tip), { kind: 'conflict', files: [] })
  await t.rejects(merge('f'.repeat(40), tip), { code: 'git_failed' })
})

t.test('a swap is refused when the landing ref has moved, and nothing else moves then', async t => {
  const { home, tip, mergeCommit, commitOn, land } = await givenMerge(t)
  const other = commitOn(tip, { 'other.txt': 'other' })
  git(home, 'update-ref', landingRef, other)
  t.match(await land(mergeCommit, tip), { kind: 'refused', reason: new RegExp(other) })
  t.equal(git(home, 'rev-parse', landingRef), other)
  t.throws(() => git(home, 'rev-parse', '--verify', 'refs/jetpack/before/A/1'))
})

t.test('a lock that a killed git left on the landing ref is healed', async t => {
  const { home, tip, mergeCommit, land } = await givenMerge(t)
  const lock = `${home}/.git/${landingRef}.lock`
  writeFileSync(lock, '')
  utimesSync(lock, new Date(0), new Date(0))
  t.match(await land(mergeCommit, tip), { kind: 'landed' })
})

t.test(
  'a target that is checked out, being rebased or has commits of its own is left alone, with the reason',
  async t => {
    const { home, tip, mergeCommit, commit, land, follow } = await givenMerge(t)
    await land(mergeCommit, tip)
    git(home, 'checkout', '-q', 'night')
    t.same(await follow(), { behind: 2, why: `"night" is checked out in "${home}"` })
    t.equal(git(home, 'rev-parse', 'night'), tip)
    git(home, 'checkout', '-q', 'main')
    git(home, 'worktree', 'add', '-q', `${home}/look`, 'night')
    t.match(await follow(), { behind: 2, why: /look/ })
    write(`${home}/look`, { 'src/a.txt': 'person\n' })
    git(`${home}/look`, 'commit', '-q', '-a', '-m', 'Person')
    git(home, 'worktree', 'remove', `${home}/look`)
    t.match(await follow(), { behind: 2, why: /commits that are not among/ })
    git(home, 'branch', '-f', 'night', tip)
    git(home, 'worktree', 'add', '-q', '--detach', `${home}/rebasing`, commit)
    write(`${home}/.git/worktrees/rebasing/rebase-merge`, { 'head-name': 'refs/heads/night\n' })
    t.match(await follow(), { behind: 2, why: /rebasing/ })
    git(home, 'worktree', 'remove', '--force', `${home}/rebasing`)
    t.same(await follow(), { behind: 0, why: null })
    git(home, 'branch', '-D', 'night')
    t.same(await follow(), { behind: 0, why: null })
    t.equal(git(home, 'rev-parse', 'night'), mergeCommit)
  },
)

t.test('SHA-256 repositories land too', async t => {
  const { tip, mergeCommit, land, follow } = await givenMerge(t, '--object-format=sha256')
  t.equal(mergeCommit.length, 64)
  t.match(await land(mergeCommit, tip), { kind: 'landed' })
  t.same(await follow(), { behind: 0, why: null })
})
