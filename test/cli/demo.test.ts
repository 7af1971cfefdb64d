// The demo, small, as a newcomer without a terminal sees it.

import { join } from 'node:path'
import t from 'tap'
import { execute, git, jetpack, packageRoot, scratchFolder } from './rig.js'

t.test('the first tasks of the example end landed and proven, the agents named as simulated', async t => {
  const folder = join(await scratchFolder(t), 'demo')
  const ended = await jetpack('/', 'demo', '--tasks', '8', '--headless', '--dir', folder)
  t.equal(ended.code, 0, ended.stderr)
  t.match(ended.stdout, /^Demo in .*\. The agents are simulated: no model is asked/)
  t.match(
    ended.stdout,
    /^8 of 8 completed, 8 tried in \S+ \(all_tasks_complete\)\. The agents were simulated\.$/m,
  )
  t.match(ended.stdout, /git log jetpack-tasks/)

  const landed = (await git(folder, 'rev-list', 'jetpack-night')).split('\n')
  const { rows } = JSON.parse((await jetpack(folder, 'list', '--json')).stdout) as { rows: { id: string }[] }
  for (const { id } of rows) {
    const { task } = JSON.parse((await jetpack(folder, 'show', id, '--json')).stdout) as {
      task: { result: { commit: string } }
    }
    t.ok(landed.includes(task.result.commit), `${id} is an ancestor of jetpack-night`)
  }
  t.match((await jetpack(folder, 'doctor', '--json')).stdout, /"ok": true/)
  t.equal(await git(folder, 'status', '--porcelain'), '')
  await git(folder, 'checkout', '-q', 'jetpack-night')
  t.match(await execute(folder, [process.execPath, 'test/all.js']), { code: 0, stdout: '8 tests passed\n' })
})

t.test('the demo touches no folder that holds something', async t => {
  const folder = await scratchFolder(t)
  await git(folder, 'init', '-q')
  t.match(await jetpack(folder, 'demo', '--headless', '--dir', '.'), {
    code: 2,
    stderr: /the folder is not empty\.\n/,
  })
  t.match(await jetpack(folder, 'demo', '--headless', '--tasks', 'all'), {
    code: 2,
    stderr: /"all": it is no number of tasks\./,
  })
})

t.test('the configuration of the example is valid', async t => {
  const folder = await scratchFolder(t)
  await git(folder, 'init', '-q')
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'Begin')
  await execute(folder, ['cp', join(packageRoot, 'examples/loan-system/jetpack.config.json'), '.'])
  t.match(await jetpack(folder, 'init'), { code: 0 })
  t.match(await jetpack(folder, 'import', join(packageRoot, 'examples/loan-system/tasks.jsonl')), { code: 0 })
})
