// Workspaces: made, gone on with, healed, collected, removed. Nothing unlanded is ever lost.

import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { ensureLanding } from '../../src/git/landing/ensure-landing.js'
import { land } from '../../src/git/landing/land.js'
import { mergeWork } from '../../src/git/landing/merge-work.js'
import { checkoutMerged, checkoutWork } from '../../src/git/workspace/checkout.js'
import { collectWork } from '../../src/git/workspace/collect-work.js'
import { prepareWorkspace } from '../../src/git/workspace/prepare-workspace.js'
import { removeWorkspace } from '../../src/git/workspace/remove-workspace.js'
import { git, makeRepository, open, signal, write } from './given/repositories.js'

/** A repository and one task's whole life in it. */
async function givenTask(t: Test, id = 'A') {
  const home = makeRepository(t.testdir())
  writeFileSync(`${home}/.git/info/exclude`, '/.beads/\n')
  const { repository, layout } = await open(home)
  const of = { repository, layout, id, signal }
  const { tip } = await ensureLanding({ repository, target: 'night', from: 'HEAD', signal })
  return {
    home,
    repository,
    layout,
    of,
    tip,
    folder: `${home}/.beads/worktrees/${id}`,
    prepare: (n: number, at = tip, fresh = false) => prepareWorkspace({ ...of, n, tip: at, fresh }),
    collect: (n: number, baseCommit = tip) =>
      collectWork({ ...of, n, baseCommit, tip, title: 'Do it', seat: 'sim-1' }),
    /** Somebody else's work on the landing ref. */
    landOther: (files: Readonly<Record<string, string>>) => {
      const folder = t.testdirName
      git(home, 'worktree', 'add', '-q', '--detach', `${folder}/../other-${id}`, 'refs/jetpack/landing/night')
      const other = `${folder}/../other-${id}`
      write(other, files)
      git(other, 'add', '-A')
      git(other, 'commit', '-q', '-m', 'Other')
      const commit = git(other, 'rev-parse', 'HEAD')
      git(home, 'update-ref', 'refs/jetpack/landing/night', commit)
      git(home, 'worktree', 'remove', '--force', other)
      return commit
    },
  }
}

t.test('what an agent left is committed with who and why, and ignored files are not', async t => {
  const { home, folder, prepare, collect, tip } = await givenTask(t)
  t.same(await prepare(1), { folder, baseCommit: tip, mergedTip: false, how: 'created' })
  write(folder, { 'src/a.txt': 'changed\n', 'new.txt': 'new\n', 'node_modules/x.js': 'x' })
  const work = await collect(1)
  t.match(work, { changed: true, unreadable: null })
  t.equal(git(home, 'rev-parse', 'jetpack-work/A'), work.commit)
  t.equal(
    git(home, 'log', '-1', '--format=%an %s%n%b', work.commit),
    'jetpack A: Do it\nTask: A\nSeat: sim-1\nAttempt: 1',
  )
  t.equal(git(home, 'diff', '--name-only', tip, work.commit), 'new.txt\nsrc/a.txt')
  t.equal(git(folder, 'status', '--porcelain'), '')
  t.ok(existsSync(`${folder}/node_modules/x.js`))
})

t.test('an attempt without a change says so, also when it committed and took back', async t => {
  const { folder, prepare, collect, tip } = await givenTask(t)
  await prepare(1)
  t.same(await collect(1), { commit: tip, changed: false, unreadable: null })
  write(folder, { 'new.txt': 'new\n' })
  git(folder, 'add', '.')
  git(folder, 'commit', '-q', '-m', 'There')
  git(folder, 'rm', '-q', 'new.txt')
  git(folder, 'commit', '-q', '-m', 'And back')
  t.match(await collect(1), { changed: false })
})

t.test(
  'a detached HEAD, a foreign branch, a left lock and a merge under way are all gathered up',
  async t => {
    const { home, folder, prepare, collect, tip } = await givenTask(t)
    await prepare(1)
    git(folder, 'checkout', '-q', '-b', 'own-idea')
    write(folder, { 'side.txt': 'side\n' })
    git(folder, 'add', '.')
    git(folder, 'commit', '-q', '-m', 'Side')
    git(folder, 'checkout', '-q', '--detach', tip)
    write(folder, { 'main.txt': 'main\n' })
    git(folder, 'add', '.')
    git(folder, 'commit', '-q', '-m', 'Main')
    git(folder, 'merge', '-q', '--no-commit', 'own-idea')
    write(folder, { 'late.txt': 'late\n' })
    const gitDir = `${home}/.git/worktrees/A`
    writeFileSync(`${gitDir}/index.lock`, '')
    const work = await collect(1)
    t.equal(git(home, 'diff', '--name-only', tip, work.commit), 'late.txt\nmain.txt\nside.txt')
    t.equal(
      git(home, 'rev-list', '--parents', '-1', work.commit).split(' ').length,
      3,
      'the merge has both parents',
    )
    t.equal(git(folder, 'symbolic-ref', 'HEAD'), 'refs/heads/jetpack-work/A')
    t.equal(git(folder, 'status', '--porcelain'), '')
    t.notOk(existsSync(`${gitDir}/MERGE_HEAD`))
  },
)

t.test(
  'an agent that only looked at an old commit, or was in a rebase, loses nothing of its branch',
  async t => {
    const { home, folder, prepare, collect, tip } = await givenTask(t)
    await prepare(1)
    write(folder, { 'new.txt': 'new\n' })
    git(folder, 'add', '.')
    git(folder, 'commit', '-q', '-m', 'Work')
    const work = git(folder, 'rev-parse', 'HEAD')
    git(folder, 'checkout', '-q', '--detach', tip)
    t.match(await collect(1), { commit: work, changed: true })
    t.ok(existsSync(`${folder}/new.txt`))
    git(folder, 'checkout', '-q', '--detach', tip)
    mkdirSync(`${home}/.git/worktrees/A/rebase-merge`)
    write(folder, { 'half.txt': 'half\n' })
    t.match(await collect(1), { commit: work, changed: true })
    t.equal(git(home, 'show', 'refs/jetpack/salvage/A/1:half.txt'), 'half')
  },
)

t.test(
  'repositories that an agent made inside, or in place of, the workspace do not hide its files',
  async t => {
    const { home, folder, prepare, collect, tip } = await givenTask(t)
    await prepare(1)
    write(folder, { 'app/index.js': 'x\n', 'app/deep/lib/y.js': 'y\n', 'line\nbreak.txt': 'z\n' })
    git(`${folder}/app`, 'init', '-q')
    git(`${folder}/app/deep`, 'init', '-q')
    git(`${folder}/app/deep`, 'add', '.')
    git(`${folder}/app/deep`, 'commit', '-q', '-m', 'Inner')
    rmSync(`${folder}/.git`)
    git(folder, 'init', '-q')
    const work = await collect(1)
    t.same(git(home, 'diff', '-z', '--name-only', tip, work.commit).split('\0'), [
      'app/deep/lib/y.js',
      'app/index.js',
      'line\nbreak.txt',
      '',
    ])
    t.equal(git(folder, 'rev-parse', '--git-common-dir'), `${home}/.git`)
  },
)

t.test('an orphan branch is joined to where the attempt began, so that it can be merged', async t => {
  const { repository, home, folder, prepare, collect, tip } = await givenTask(t)
  await prepare(1)
  git(folder, 'checkout', '-q', '--orphan', 'fresh-start')
  write(folder, { 'new.txt': 'new\n' })
  git(folder, 'add', '.')
  git(folder, 'commit', '-q', '-m', 'Orphan')
  const { commit } = await collect(1)
  t.equal(git(home, 'merge-base', tip, commit), tip)
  t.match(await mergeWork({ repository, commit, tip, message: 'Merge\n', signal }), { kind: 'merged' })
})

t.test('a later attempt goes on where the last one ended, with what has landed merged in', async t => {
  const { folder, prepare, collect, landOther } = await givenTask(t)
  await prepare(1)
  write(folder, { 'mine.txt': 'mine\n', 'node_modules/cache': 'warm' })
  const { commit } = await collect(1)
  const tip = landOther({ 'other.txt': 'other\n' })
  write(folder, { 'late.txt': 'written after collecting\n' })
  const prepared = await prepare(2, tip)
  t.match(prepared, { mergedTip: true, how: 'continued' })
  git(folder, 'merge-base', '--is-ancestor', tip, 'HEAD')
  git(folder, 'merge-base', '--is-ancestor', commit, 'HEAD')
  t.equal(git(folder, 'rev-parse', 'HEAD'), prepared.baseCommit)
  for (const name of ['mine.txt', 'other.txt', 'late.txt', 'node_modules/cache'])
    t.ok(existsSync(`${folder}/${name}`), name)
  t.match(await prepare(3, tip), { baseCommit: prepared.baseCommit, mergedTip: false, how: 'continued' })
})

t.test('work that conflicts with what has landed is kept, and the attempt starts from the tip', async t => {
  const { home, folder, prepare, collect, landOther } = await givenTask(t)
  await prepare(1)
  write(folder, { 'src/a.txt': 'mine\n' })
  const { commit } = await collect(1)
  const tip = landOther({ 'src/a.txt': 'theirs\n' })
  t.match(await prepare(2, tip), { baseCommit: tip, mergedTip: false, how: 'restarted' })
  t.equal(readFileSync(`${folder}/src/a.txt`, 'utf8'), 'theirs\n')
  t.equal(git(home, 'rev-parse', 'refs/jetpack/salvage/A/2'), commit)
})

t.test('fresh starts from the tip in a clean folder, and keeps the old work', async t => {
  const { home, folder, prepare, collect, tip } = await givenTask(t)
  await prepare(1)
  write(folder, { 'mine.txt': 'mine\n', 'node_modules/cache/x': 'spoilt' })
  chmodSync(`${folder}/node_modules/cache`, 0o500)
  const { commit } = await collect(1)
  write(folder, { 'late.txt': 'late\n' })
  t.match(await prepare(2, tip, true), { baseCommit: tip, how: 'restarted' })
  t.notOk(existsSync(`${folder}/mine.txt`))
  t.notOk(existsSync(`${folder}/node_modules`))
  t.equal(git(home, 'rev-parse', 'jetpack-work/A'), tip)
  t.equal(git(home, 'rev-parse', 'refs/jetpack/salvage/A/2^'), commit)
  t.equal(git(home, 'show', 'refs/jetpack/salvage/A/2:late.txt'), 'late')
  t.match(await prepare(3, tip, true), { baseCommit: tip })
  t.throws(() => git(home, 'rev-parse', '--verify', 'refs/jetpack/salvage/A/3'), 'nothing was there to keep')
})

t.test('a workspace that was wiped, torn or unregistered heals itself and loses no commit', async t => {
  const { home, folder, prepare, collect, tip } = await givenTask(t)
  await prepare(1)
  write(folder, { 'mine.txt': 'mine\n' })
  const { commit } = await collect(1)
  const gitDir = `${home}/.git/worktrees/A`

  await t.test('rm -rf of the folder', async t => {
    rmSync(folder, { recursive: true })
    t.match(await prepare(2), { baseCommit: commit, how: 'created' })
    t.ok(existsSync(`${folder}/mine.txt`))
  })
  await t.test('rm -rf while an attempt runs', async t => {
    rmSync(folder, { recursive: true })
    t.match(await collect(2), { commit, changed: true })
    await prepare(2)
  })
  await t.test('a registration that was pruned, the folder with uncommitted files', async t => {
    write(folder, { 'loose.txt': 'loose\n' })
    rmSync(gitDir, { recursive: true })
    t.match(await prepare(3), { baseCommit: commit, how: 'created' })
    t.equal(git(home, 'show', 'refs/jetpack/salvage/A/3:loose.txt'), 'loose')
  })
  await t.test('torn HEAD and index, lock files', async t => {
    writeFileSync(`${gitDir}/HEAD`, '')
    writeFileSync(`${gitDir}/index`, 'DIRC')
    writeFileSync(`${gitDir}/commondir`, '')
    for (const name of ['index.lock', 'HEAD.lock']) writeFileSync(`${gitDir}/${name}`, '')
    write(folder, { 'more.txt': 'more\n' })
    const work = await collect(4, commit)
    t.equal(git(home, 'diff', '--name-only', commit, work.commit), 'more.txt')
    t.equal(git(folder, 'status', '--porcelain'), '')
  })
  await t.test('a deleted work branch', async t => {
    git(home, 'update-ref', '-d', 'refs/heads/jetpack-work/A')
    t.match(await collect(5), { changed: true })
    t.ok(existsSync(`${folder}/more.txt`))
  })
  await t.test('a worktree of the person with the same name is not ours', async t => {
    await removeWorkspace({ ...(await open(home)), id: 'A', target: 'night', signal })
    git(home, 'worktree', 'add', '-q', '--detach', `${t.testdir()}/A`, tip)
    t.match(await prepare(6), { how: 'created' })
    t.equal(git(`${t.testdirName}/A`, 'rev-parse', 'HEAD'), tip)
    t.equal(git(folder, 'rev-parse', '--git-dir'), `${home}/.git/worktrees/A1`)
  })
})

t.test('a moved repository finds its workspaces again', async t => {
  const { home, folder, prepare, collect } = await givenTask(t)
  await prepare(1)
  write(folder, { 'mine.txt': 'mine\n' })
  const { commit } = await collect(1)
  const moved = `${home}-moved`
  t.teardown(() => rmSync(moved, { recursive: true, force: true }))
  renameSync(home, moved)
  const there = await open(moved)
  t.match(await prepareWorkspace({ ...there, id: 'A', n: 2, tip: commit, fresh: false, signal }), {
    folder: `${moved}/.beads/worktrees/A`,
    baseCommit: commit,
  })
  mkdirSync(home)
})

t.test('gates see the merged tree, and leave nothing in the work, also after a crash', async t => {
  const { of, repository, home, folder, prepare, collect, landOther } = await givenTask(t)
  await prepare(1)
  write(folder, { 'mine.txt': 'mine\n' })
  const { commit } = await collect(1)
  const tip = landOther({ 'other.txt': 'other\n' })
  const merged = await mergeWork({ repository, commit, tip, message: 'Merge\n', signal })
  if (merged.kind !== 'merged') throw new Error(merged.kind)
  for (const leave of [() => checkoutWork(of), () => prepare(2), () => collect(1)]) {
    t.equal(await checkoutMerged({ ...of, mergeCommit: merged.mergeCommit }), folder)
    t.ok(existsSync(`${folder}/other.txt`))
    write(folder, { 'mine.txt': 'formatted by a gate\n', 'coverage/x': 'litter\n' })
    await leave()
    t.equal(git(home, 'rev-parse', 'jetpack-work/A'), commit)
    t.equal(git(folder, 'status', '--porcelain', '--branch'), '## jetpack-work/A')
    t.equal(readFileSync(`${folder}/mine.txt`, 'utf8'), 'mine\n')
  }
})

t.test('after landing workspace and branch go; what did not land is kept', async t => {
  const { of, repository, home, folder, prepare, collect, tip } = await givenTask(t)
  await prepare(1)
  write(folder, { 'mine.txt': 'mine\n' })
  const { commit } = await collect(1)
  const merged = await mergeWork({ repository, commit, tip, message: 'Merge\n', signal })
  if (merged.kind !== 'merged') throw new Error(merged.kind)
  const { mergeCommit } = merged
  t.match(
    await land({ repository, target: 'night', mergeCommit, expectedTip: tip, taskId: 'A', n: 1, signal }),
    { kind: 'landed' },
  )
  await removeWorkspace({ ...of, target: 'night' })
  await removeWorkspace({ ...of, target: 'night' })
  t.notOk(existsSync(folder))
  t.equal(git(home, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1)
  t.equal(git(home, 'for-each-ref', 'refs/heads/jetpack-work', 'refs/jetpack/salvage'), '')

  await prepare(2, mergeCommit)
  write(folder, { 'unlanded.txt': 'unlanded\n' })
  const late = await collect(2, mergeCommit)
  await removeWorkspace({ ...of, target: 'night' })
  t.equal(git(home, 'for-each-ref', '--format=%(objectname)', 'refs/jetpack/salvage'), late.commit)
})

t.test('many workspaces can be asked for at once', async t => {
  const { of, tip } = await givenTask(t)
  const ids = ['B', 'C', 'D', 'E', 'F', 'G']
  const made = await Promise.all(ids.map(id => prepareWorkspace({ ...of, id, n: 1, tip, fresh: false })))
  t.same(
    made.map(one => one.baseCommit),
    ids.map(() => tip),
  )
  for (const { folder } of made) t.equal(git(folder, 'status', '--porcelain'), '')
})

t.test('an id that is no id never becomes a folder', async t => {
  const { of, tip } = await givenTask(t)
  await t.rejects(prepareWorkspace({ ...of, id: '../../x', n: 1, tip, fresh: false }), /task id/)
  await t.rejects(removeWorkspace({ ...of, id: '..', target: 'night' }), /task id/)
})
