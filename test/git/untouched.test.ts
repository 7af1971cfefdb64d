// A whole night of one task in a repository whose owner is in the middle of something: nothing of theirs changes.

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { layoutOf } from '../../src/core/layout.js'
import { TaskBranch } from '../../src/git/branch/task-branch.js'
import { fsck, taskHistory } from '../../src/git/history/history.js'
import { ensureLanding } from '../../src/git/landing/ensure-landing.js'
import { followTarget } from '../../src/git/landing/follow-target.js'
import { land } from '../../src/git/landing/land.js'
import { mergeWork } from '../../src/git/landing/merge-work.js'
import { addExcludeLine, openRepository, rememberHome } from '../../src/git/repository.js'
import { checkoutMerged, checkoutWork } from '../../src/git/workspace/checkout.js'
import { collectWork } from '../../src/git/workspace/collect-work.js'
import { prepareWorkspace } from '../../src/git/workspace/prepare-workspace.js'
import { removeWorkspace } from '../../src/git/workspace/remove-workspace.js'
import { change, git, makeRepository, signal, write } from './given/repositories.js'

const hooks = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'pre-push',
  'pre-receive',
  'update',
  'proc-receive',
  'post-receive',
  'post-update',
  'reference-transaction',
  'push-to-checkout',
  'pre-auto-gc',
  'post-rewrite',
  'sendemail-validate',
  'fsmonitor-watchman',
  'post-index-change',
]

/** A checkout with staged, unstaged and untracked changes, hooks that veto everything, and signing that fails. */
function givenBusyOwner(folder: string): string {
  const home = makeRepository(folder)
  write(home, { 'src/a.txt': 'staged\n', 'staged.txt': 'staged\n' })
  git(home, 'add', '-A')
  write(home, { 'src/a.txt': 'unstaged\n', 'untracked.txt': 'untracked\n' })
  const settings = {
    'commit.gpgSign': 'true',
    'gpg.program': '/bin/false',
    'tag.gpgSign': 'true',
    'core.autocrlf': 'true',
    'core.safecrlf': 'true',
    'core.fsmonitor': 'true',
    'rerere.enabled': 'true',
    'branch.autoSetupMerge': 'always',
    'status.showUntrackedFiles': 'no',
    'color.ui': 'always',
    'log.showSignature': 'true',
    'merge.ff': 'only',
    'core.logAllRefUpdates': 'false',
    'gc.auto': '1',
    'push.default': 'matching',
    'core.quotePath': 'true',
    'diff.noprefix': 'true',
    'commit.template': '/none',
    'core.editor': '/bin/false',
    'fastimport.unpackLimit': '1000',
  }
  for (const [name, value] of Object.entries(settings)) git(home, 'config', name, value)
  mkdirSync(`${home}/.git/hooks`, { recursive: true })
  for (const hook of hooks) {
    writeFileSync(
      `${home}/.git/hooks/${hook}`,
      `#!/bin/sh\necho ${hook} >> "${home}/.git/hooks-run"\nexit 1\n`,
    )
    chmodSync(`${home}/.git/hooks/${hook}`, 0o755)
  }
  return home
}

function whatIsTheirs(home: string) {
  const at = (path: string) => readFileSync(`${home}/${path}`, 'base64')
  return {
    head: at('.git/HEAD'),
    main: git(home, 'rev-parse', 'refs/heads/main'),
    index: at('.git/index'),
    indexTime: statSync(`${home}/.git/index`, { bigint: true }).mtimeNs,
    config: at('.git/config'),
    hooks: readdirSync(`${home}/.git/hooks`).map(name => [name, at(`.git/hooks/${name}`)]),
    files: ['src/a.txt', 'staged.txt', 'untracked.txt', 'README.md', '.gitignore'].map(name => [
      name,
      at(name),
      statSync(`${home}/${name}`, { bigint: true }).mtimeNs,
    ]),
    gitFolder: readdirSync(`${home}/.git`).filter(
      name => name.endsWith('.lock') || name === 'hooks-run' || name === 'ORIG_HEAD',
    ),
  }
}

t.test(
  'branch, workspace, collecting, merge, gates, landing, following and upkeep leave the owner in peace',
  async t => {
    const home = givenBusyOwner(t.testdir())
    const before = whatIsTheirs(home)

    const repository = await openRepository(home, signal)
    const layout = layoutOf(repository.home, repository.commonDir)
    await addExcludeLine(repository)
    await rememberHome(repository)
    await using branch = await TaskBranch.open(repository, { signal })
    await branch.commitBurst([change('A', 'crlf\r\nkept\r\n', 'Start A\n\nTask: A\nBy: test\n')], signal)
    const { tip } = await ensureLanding({ repository, target: 'night', from: 'HEAD', signal })
    const of = { repository, layout, id: 'A', signal }
    const { folder, baseCommit } = await prepareWorkspace({ ...of, n: 1, tip, fresh: false })
    write(folder, { 'new.txt': 'new\n', 'src/a.txt': 'work\n' })
    const { commit } = await collectWork({ ...of, n: 1, baseCommit, tip, title: 'Do it', seat: 'sim-1' })
    const merged = await mergeWork({ repository, commit, tip, message: 'Land A\n', signal })
    if (merged.kind !== 'merged') throw new Error(merged.kind)
    const { mergeCommit } = merged
    await checkoutMerged({ ...of, mergeCommit })
    await checkoutWork(of)
    t.match(
      await land({ repository, target: 'night', mergeCommit, expectedTip: tip, taskId: 'A', n: 1, signal }),
      { kind: 'landed' },
    )
    t.same(await followTarget({ repository, target: 'night', signal }), { behind: 0, why: null })
    await prepareWorkspace({ ...of, n: 2, tip: mergeCommit, fresh: true })
    await removeWorkspace({ ...of, target: 'night' })
    await branch.upkeep(signal)
    t.same(
      (await taskHistory(repository, 'A', 10, signal)).map(entry => entry.subject),
      ['Start A'],
    )
    t.same(await fsck(repository, signal), [])
    t.equal(String(await branch.readAt(await branch.readTip(), '.beads/tasks/A.json')), 'crlf\r\nkept\r\n')

    t.same(whatIsTheirs(home), before)
    t.equal(git(home, 'status', '--porcelain', '-unormal').includes('.beads'), false)
  },
)
