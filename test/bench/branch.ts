// How long a change takes to be durable on the task branch, beside `git add` + `git commit` of the same change with
// the same fsync setting. Prints medians and ratios; asserts nothing.

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newTask, type Task } from '../../src/core/model/task.js'
import { type BranchCommit, TaskBranch } from '../../src/git/branch/task-branch.js'
import { openRepository } from '../../src/git/repository.js'
import { encodeTask } from '../../src/store/task-codec.js'

const taskCount = 1_000
const singles = 100
const bursts = { count: 10, size: 64 } as const
const porcelain = 30

const folder = await mkdtemp(join(tmpdir(), 'jetpack-bench-'))
const signal = AbortSignal.timeout(300_000)
const git = (...args: readonly string[]): string =>
  execFileSync(
    'git',
    ['-c', 'core.fsync=all', '-c', 'user.name=Bench', '-c', 'user.email=b@example.com', ...args],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )

function change(rev: number): BranchCommit {
  const task: Task = { ...newTask({ id: `T${rev % taskCount}`, title: `Task ${rev}` }, 0), rev: rev + 1 }
  const file = { path: `.beads/tasks/${task.id}.json`, bytes: encodeTask(task) }
  return { message: `${task.id}: step ${rev}\n`, files: [file], at: 0 }
}

try {
  git('init', '-q')
  git('commit', '-q', '--allow-empty', '-m', 'Begin')
  await using branch = await TaskBranch.open(await openRepository(folder, signal), { signal })
  const all = Array.from({ length: taskCount }, (_, rev) => change(rev).files).flat()
  await branch.commitBurst([{ message: 'All\n', files: all, at: 0 }], signal)
  const times: number[] = []
  for (let rev = 0; rev < singles; rev += 1)
    times.push(await timed(() => branch.commitBurst([change(rev)], signal)))
  const inBursts = await timed(async () => {
    for (let n = 0; n < bursts.count; n += 1)
      await branch.commitBurst(
        Array.from({ length: bursts.size }, (_, i) => change(n * bursts.size + i)),
        signal,
      )
  })
  const theirs: number[] = []
  git('checkout', '-q', '--detach', 'jetpack-tasks')
  for (let rev = 0; rev < porcelain; rev += 1) {
    const { path, bytes } = change(rev + taskCount).files[0] ?? { path: '', bytes: null }
    theirs.push(
      await timed(async () => {
        await writeFile(join(folder, path), bytes ?? '')
        git('add', path)
        git('commit', '-q', '-m', `step ${rev}`)
      }),
    )
  }
  print(times, (bursts.count * bursts.size * 1000) / inBursts, theirs)
} finally {
  await rm(folder, { recursive: true, force: true })
}

function print(ours: readonly number[], perSecond: number, theirs: readonly number[]): void {
  const add = quantile(theirs, 0.5)
  console.log(`one change durable on the branch, ${taskCount} tasks`)
  console.log(
    `  ours        p50 ${quantile(ours, 0.5).toFixed(1)} ms, p99 ${quantile(ours, 0.99).toFixed(1)} ms`,
  )
  console.log(`  in bursts   ${perSecond.toFixed(0)} changes/s (bursts of ${bursts.size})`)
  console.log(`  add+commit  p50 ${add.toFixed(1)} ms`)
  console.log(
    `  ratio       ${(add / quantile(ours, 0.5)).toFixed(1)} times one at a time, ${((add * perSecond) / 1000).toFixed(0)} times in bursts`,
  )
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
