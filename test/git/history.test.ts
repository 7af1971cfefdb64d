// The history that people read: newest first, of one task or of all, trailers taken apart.

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { formatMessage } from '../../src/git/branch/commit-message.js'
import { TaskBranch } from '../../src/git/branch/task-branch.js'
import { branchLog, fsck, taskHistory } from '../../src/git/history/history.js'
import { change, git, makeRepository, open, signal } from './given/repositories.js'

const note = { from: null, to: null, seat: null, attempt: null, run: null, reason: null, by: 'ann' }

t.test('a task has its own changes and the imports that touched it', async t => {
  const home = makeRepository(t.testdir())
  const { repository } = await open(home)
  t.same(await branchLog(repository, 10, signal), [], 'no branch, no history')
  await using branch = await TaskBranch.open(repository, { signal })
  const importing = {
    message: formatMessage({ ...note, subject: 'Import 2 tasks', task: null }),
    files: [...change('A', '1').files, ...change('A.1', '1').files],
    at: 1000,
  }
  const started = formatMessage({
    ...note,
    subject: 'Start A',
    task: 'A',
    from: 'ready',
    to: 'in_progress',
    attempt: 1,
  })
  const other = formatMessage({ ...note, subject: 'Start A.1', task: 'A.1', reason: 'Task: A' })
  const run = {
    message: formatMessage({ ...note, subject: 'Begin a run', task: null, run: 'r1' }),
    files: [{ path: '.beads/runs/r1.json', bytes: Buffer.from('{}') }],
    at: 2000,
  }
  const ids = await branch.commitBurst(
    [importing, run, { ...change('A', '2'), message: started }, { ...change('A.1', '2'), message: other }],
    signal,
  )
  t.same(await taskHistory(repository, 'A', 10, signal), [
    {
      commit: ids[2],
      at: 1_700_000_000_000,
      subject: 'Start A',
      trailers: { Task: 'A', From: 'ready', To: 'in_progress', Attempt: '1', By: 'ann' },
    },
    { commit: ids[0], at: 1000, subject: 'Import 2 tasks', trailers: { By: 'ann' } },
  ])
  t.same(
    (await taskHistory(repository, 'A', 1, signal)).map(entry => entry.subject),
    ['Start A'],
  )
  t.same(
    (await branchLog(repository, 3, signal)).map(entry => entry.subject),
    ['Start A.1', 'Start A', 'Begin a run'],
  )
})

t.test('fsck names what is broken', async t => {
  const home = makeRepository(t.testdir())
  const { repository } = await open(home)
  t.same(await fsck(repository, signal), [])
  const blob = git(home, 'hash-object', '-w', 'README.md')
  const file = `${home}/.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`
  git(home, 'update-ref', 'refs/jetpack/landing/night', 'HEAD')
  git(home, 'config', 'core.bigFileThreshold', '1g')
  const { chmodSync } = await import('node:fs')
  chmodSync(file, 0o644)
  writeFileSync(file, '')
  t.match((await fsck(repository, signal)).join('\n'), new RegExp(blob))
})
