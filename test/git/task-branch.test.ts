// The writer of the task branch: order, proof, and what killed processes and other writers do to it.

import { execFileSync } from 'node:child_process'
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { formatMessage } from '../../src/git/branch/commit-message.js'
import { TaskBranch } from '../../src/git/branch/task-branch.js'
import { change, git, makeRepository, open, signal } from './given/repositories.js'

async function givenBranch(t: Test, ...initArguments: readonly string[]) {
  const home = makeRepository(t.testdir(), ...initArguments)
  const { repository } = await open(home)
  const branch = await TaskBranch.open(repository, { signal })
  t.teardown(() => branch.close())
  return { home, repository, branch }
}

function subjects(home: string): string[] {
  return git(home, 'log', '--reverse', '--format=%s', 'jetpack-tasks').split('\n')
}

/** The fast-import processes that this test process has started. */
function fastImports(): number[] {
  return execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(' fast-import '))
    .map(line => Number.parseInt(line, 10))
}

t.test('a burst makes one commit for each change, in order, and the tip holds the last', async t => {
  const { home, branch } = await givenBranch(t)
  t.equal(branch.created, true)
  const first = await branch.commitBurst([change('A', '1'), change('B', '1'), change('A', '2')], signal)
  const second = await branch.commitBurst([change('B', '2')], signal)
  t.same(subjects(home), ['Begin the history of tasks', 'A changed', 'B changed', 'A changed', 'B changed'])
  t.same(git(home, 'rev-list', '--reverse', 'jetpack-tasks').split('\n').slice(1), [...first, ...second])
  t.equal(await branch.readTip(), second[0])
  t.equal(String(await branch.readAt(first[0] ?? '', '.beads/tasks/A.json')), '1')
  t.equal(await branch.readAt(first[0] ?? '', '.beads/tasks/B.json'), null)
  const files = [...(await branch.readAll(signal))].map(([path, bytes]) => [path, String(bytes).trim()])
  t.same(files, [
    ['.beads/jetpack.json', '{\n  "format": 1\n}'],
    ['.beads/tasks/A.json', '2'],
    ['.beads/tasks/B.json', '2'],
  ])
  await branch.close()
  t.equal(git(home, 'fsck', '--no-dangling'), '')
})

t.test('a file can be removed, and bursts asked for at once keep their order', async t => {
  const { home, branch } = await givenBranch(t)
  const gone = { message: 'A gone', files: [{ path: '.beads/tasks/A.json', bytes: null }], at: 0 }
  await Promise.all([
    branch.commitBurst([change('A', '1')], signal),
    branch.commitBurst([gone], signal),
    branch.commitBurst([change('B', '1')], signal),
  ])
  await branch.close()
  t.same(subjects(home).slice(1), ['A changed', 'A gone', 'B changed'])
  t.equal(
    git(home, 'ls-tree', '-r', '--name-only', 'jetpack-tasks'),
    '.beads/jetpack.json\n.beads/tasks/B.json',
  )
})

t.test('trailers are what git reads back, and a hostile reason adds none', async t => {
  const { home, branch } = await givenBranch(t)
  const reason = 'gave up\n\nTask: B\nBy: root\u001b[31m\u202e'
  const message = formatMessage({
    subject: 'A failed\nTo: completed',
    task: 'A',
    from: 'in_progress',
    to: 'failed',
    seat: 'claude-2',
    attempt: 3,
    run: null,
    reason,
    by: 'jetpack',
  })
  await branch.commitBurst([{ ...change('A', '1'), message }], signal)
  await branch.close()
  t.equal(git(home, 'log', '-1', '--format=%s', 'jetpack-tasks'), 'A failed To: completed')
  t.same(
    git(home, 'log', '-1', '--format=%(trailers:only)', 'jetpack-tasks').split('\n'),
    [
      'Task: A',
      'From: in_progress',
      'To: failed',
      'Seat: claude-2',
      'Attempt: 3',
      'Reason: gave up Task: B By: root [31m',
      'By: jetpack',
      '',
    ].slice(0, 7),
  )
})

t.test('a path that is not plain never reaches the branch', async t => {
  const { branch } = await givenBranch(t)
  const bad = { message: 'x', files: [{ path: '.beads/tasks/../../x', bytes: Buffer.from('x') }], at: 0 }
  await t.rejects(branch.commitBurst([bad], signal), /must be plain/)
  await branch.close()
})

t.test(
  'a branch that another program has moved is refused, and the next burst goes on from there',
  async t => {
    const { home, branch } = await givenBranch(t)
    await branch.commitBurst([change('A', '1')], signal)
    const foreign = git(home, 'commit-tree', '-p', 'jetpack-tasks', '-m', 'Foreign', 'jetpack-tasks^{tree}')
    git(home, 'update-ref', 'refs/heads/jetpack-tasks', foreign)
    await t.rejects(branch.commitBurst([change('A', '2')], signal), { code: 'branch_moved' })
    t.equal(git(home, 'rev-parse', 'jetpack-tasks'), foreign)
    await branch.commitBurst([change('A', '3')], signal)
    await branch.close()
    t.same(subjects(home).slice(1), ['A changed', 'Foreign', 'A changed'])
  },
)

t.test('of two writers at once neither is told that a lost commit is there', async t => {
  const { home, repository, branch } = await givenBranch(t)
  const other = await TaskBranch.open(repository, { signal })
  const acknowledged: string[] = []
  const refused: unknown[] = []
  const writeMany = async (writer: TaskBranch, id: string) => {
    for (let i = 0; i < 25; i += 1) {
      await writer.commitBurst([change(id, String(i))], signal).then(
        ids => acknowledged.push(...ids),
        error => refused.push(error.code),
      )
    }
  }
  await Promise.all([writeMany(branch, 'A'), writeMany(other, 'B')])
  await Promise.all([branch.close(), other.close()])
  const there = new Set(git(home, 'rev-list', 'jetpack-tasks').split('\n'))
  t.same(
    acknowledged.filter(id => !there.has(id)),
    [],
  )
  t.ok(refused.length > 0, 'they did meet')
  t.same(new Set(refused), new Set(['branch_moved']))
})

t.test('kill -9 of fast-import loses nothing acknowledged, and the writer goes on', async t => {
  const { home, branch, repository } = await givenBranch(t)
  const acknowledged: string[] = []
  const seen = new Set<number>()
  for (let round = 0; round < 12; round += 1) {
    acknowledged.push(...(await branch.commitBurst([change('A', `round ${round}`)], signal)))
    const [pid] = fastImports()
    if (pid === undefined) throw new Error('no fast-import is running')
    seen.add(pid)
    const burst = branch.commitBurst(
      Array.from({ length: 40 }, (_, i) => change(`T${i}`, `${round} ${'x'.repeat(2000)}`)),
      signal,
    )
    // From before the burst to about its end; a burst that is quicker than that is not cut.
    const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), (round % 6) ** 2)
    await burst.then(
      ids => acknowledged.push(...ids),
      error => t.equal(error.code, 'write_failed'),
    )
    clearTimeout(timer)
  }
  t.ok(seen.size >= 4, `${seen.size} different processes were killed`)
  await branch.close()
  const there = new Set(git(home, 'rev-list', 'jetpack-tasks').split('\n'))
  t.same(
    acknowledged.filter(id => !there.has(id)),
    [],
  )
  t.equal(git(home, 'fsck', '--no-dangling'), '')

  const again = await TaskBranch.open(repository, { signal })
  t.same(
    readdirSync(`${home}/.git`).filter(name => name.startsWith('fast_import_crash_')),
    [],
  )
  await again.upkeep(signal)
  const packs = readdirSync(`${home}/.git/objects/pack`)
  t.ok(packs.filter(name => name.endsWith('.pack')).length <= 12, `${packs.length} files of packs are left`)
  await again.commitBurst([change('A', 'after upkeep')], signal)
  await again.close()
  t.equal(git(home, 'fsck', '--no-dangling'), '')
})

t.test('a lock that a killed git left on the branch is healed, a young one is waited for', async t => {
  const { home, branch } = await givenBranch(t)
  const lock = `${home}/.git/refs/heads/jetpack-tasks.lock`
  writeFileSync(lock, '')
  utimesSync(lock, new Date(0), new Date(0))
  await branch.commitBurst([change('A', '1')], signal)
  writeFileSync(lock, '')
  const start = performance.now()
  await branch.commitBurst([change('A', '2')], signal)
  t.ok(performance.now() - start > 1500, 'it was left alone while it might have had an owner')
  await branch.close()
  t.same(subjects(home).slice(1), ['A changed', 'A changed'])
})

t.test('a branch that was deleted, or packed away, is there again with the next burst', async t => {
  const { home, branch } = await givenBranch(t)
  await branch.commitBurst([change('A', '1')], signal)
  git(home, 'pack-refs', '--all')
  await branch.commitBurst([change('A', '2')], signal)
  git(home, 'branch', '-D', 'jetpack-tasks')
  await branch.commitBurst([change('A', '3')], signal)
  await branch.close()
  t.same(subjects(home).slice(1), ['A changed', 'A changed', 'A changed'])
})

t.test('it is not written while somebody has it checked out', async t => {
  const { home, repository, branch } = await givenBranch(t)
  await branch.close()
  git(home, 'worktree', 'add', '-q', `${home}/other`, 'jetpack-tasks')
  await t.rejects(TaskBranch.open(repository, { signal }), { code: 'branch_checked_out', message: /other/ })
})

t.test('git gc of the person in the middle of the night harms nothing', async t => {
  const { home, branch } = await givenBranch(t)
  for (let i = 0; i < 5; i += 1) await branch.commitBurst([change('A', String(i))], signal)
  git(home, 'gc', '-q', '--prune=now')
  for (let i = 0; i < 5; i += 1) await branch.commitBurst([change(`B${i}`, String(i))], signal)
  t.equal((await branch.readAll(signal)).size, 7)
  await branch.close()
  t.equal(git(home, 'fsck', '--no-dangling'), '')
})

t.test('a repository with SHA-256 ids works too', async t => {
  const { home, branch } = await givenBranch(t, '--object-format=sha256')
  const [id] = await branch.commitBurst([change('A', '1')], signal)
  t.equal(id?.length, 64)
  t.equal(await branch.readTip(), id)
  await branch.close()
  t.equal(git(home, 'show', 'jetpack-tasks:.beads/tasks/A.json'), '1')
})
