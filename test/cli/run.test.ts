// Nights, from the outside: real agents (shell scripts that wait for the test's word), real processes, real git.

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { eventually, git, jetpack, program, repository, runPids, start } from './rig.js'

/** Works once the file named by $GO is there. */
const agent = `#!/bin/sh
echo "agent of $JETPACK_TASK, attempt $JETPACK_ATTEMPT"
while [ ! -e "$GO" ]; do sleep 0.1; done
mkdir -p notes && cat > "notes/$JETPACK_TASK.md"
`

/** A repository whose crew waits for the file \`go\`; the gate runs on every tree. */
async function crewThatWaits(
  test: Parameters<typeof repository>[0],
): Promise<{ folder: string; go: string }> {
  const folder = await repository(test, { 'agent.sh': agent })
  const go = join(folder, '.git/go')
  const config = {
    agents: [{ name: 'builder', executor: 'command', count: 2, command: ['./agent.sh'], env: { GO: go } }],
    retry: { baseSeconds: 0.1, maxSeconds: 0.2 },
    runtimeLimits: { drainMinutes: 0 },
    qualityGates: { checks: { notes: 'test -d notes || test ! -d .git' } },
  }
  await writeFile(join(folder, 'jetpack.config.json'), JSON.stringify(config))
  await jetpack(folder, 'add', 'First', '--id', 'A')
  await jetpack(folder, 'add', 'Second', '--id', 'B', '--depends', 'A')
  return { folder, go }
}

interface Status {
  readonly live: boolean
  readonly run: { readonly id: string; readonly end: string | null; readonly state: string } | null
  readonly counts: Readonly<Record<string, number>>
  readonly seats: readonly { readonly name: string; readonly task: string | null; readonly state: string }[]
}

async function statusOf(folder: string): Promise<Status> {
  return JSON.parse((await jetpack(folder, 'status', '--json')).stdout) as Status
}

/** Waits until the agent of the task has spoken. */
function agentAtWork(folder: string, task: string, seat: RegExp = /./): Promise<true> {
  return eventually(`an agent works on ${task}`, async () => {
    const { seats } = await statusOf(folder)
    const isTaken = seats.some(each => each.task === task && seat.test(each.name))
    return isTaken && (await jetpack(folder, 'logs', task)).stdout.includes(`agent of ${task}`) ? true : null
  })
}

t.test('a night in the background: steered, watched, landed, and the checkout untouched', async t => {
  const { folder, go } = await crewThatWaits(t)
  const head = await git(folder, 'rev-parse', 'HEAD')
  t.match(await jetpack(folder, 'run', '--detach'), { code: 0, stdout: /^Run night-\d+ started\. / })
  await agentAtWork(folder, 'A')

  for (const flag of ['--headless', '--detach'])
    t.match(await jetpack(folder, 'run', flag), {
      code: 2,
      stderr: /^jetpack: Cannot start a run: one is going on in this repository already\.\n/,
    })
  t.match(await statusOf(folder), {
    live: true,
    counts: { total: 2, in_progress: 1, waiting: 1 },
    run: { state: 'running' },
  })
  t.match((await jetpack(folder, 'list')).stdout, /^A +in_progress \(agent\).*\nB +waiting .*needs A/m)
  t.match((await jetpack(folder, 'doctor')).stdout, /Nothing is red/)

  t.match(await jetpack(folder, 'pause'), { code: 0, stdout: /^Paused: / })
  t.equal((await statusOf(folder)).run?.state, 'paused')
  t.match(await jetpack(folder, 'resume'), { code: 0, stdout: 'Resumed.\n' })
  t.match(await jetpack(folder, 'retry', 'A'), { code: 2, stderr: /Cannot retry A: it is being worked on\./ })
  t.match(await jetpack(folder, 'reassign', 'A', '--to', 'nobody'), {
    code: 2,
    stderr: /no such seat or executor\.\n {2}Seats: builder-1, builder-2\./,
  })
  t.match(await jetpack(folder, 'reassign', 'A', '--to', 'builder-2'), {
    code: 0,
    stdout: 'A goes to builder-2.\n',
  })
  await eventually('the second seat has taken over', async () =>
    (await statusOf(folder)).seats.some(seat => seat.name === 'builder-2' && seat.task === 'A') ? true : null,
  )
  t.match(
    await jetpack(folder, 'add', 'Third', '--id', 'C', '--depends', 'B'),
    { code: 0, stdout: 'C added.\n' },
    'a task may come in at any time',
  )

  await writeFile(go, '')
  const watched = await jetpack(folder, 'attach', '--headless')
  t.equal(watched.code, 0, watched.stderr)
  t.match(watched.stdout, /3\/3 completed · 0 running\n/)
  t.match(watched.stdout, /ended: all tasks are complete\.\n$/)

  for (const task of ['A', 'B', 'C'])
    t.match(await git(folder, 'show', `jetpack-night:notes/${task}.md`), new RegExp(task))
  t.match((await jetpack(folder, 'logs', 'A', '--attempt', '1')).stdout, /^agent of A, attempt 1$/m)
  t.match((await jetpack(folder, 'history', 'A')).stdout, /reassigned to builder-2[\s\S]*A: .*completed/)
  t.match(await jetpack(folder, 'doctor'), { code: 0, stdout: /3 landed results are on the landing ref/ })
  t.equal(await git(folder, 'rev-parse', 'HEAD'), head)
  t.equal(await git(folder, 'status', '--porcelain'), '?? jetpack.config.json')
  await eventually('the processes of the run are gone', async () => {
    const { keeper, orchestrator } = await runPids(folder)
    return keeper === null && orchestrator === null ? true : null
  })
})

t.test(
  'after kill -9 of keeper and orchestrator, run goes on with the same night and leaves nothing behind',
  async t => {
    const { folder, go } = await crewThatWaits(t)
    await jetpack(folder, 'run', '--detach')
    await agentAtWork(folder, 'A')
    const { id } = (await statusOf(folder)).run ?? { id: '' }
    const { keeper, orchestrator } = await runPids(folder)
    for (const pid of [keeper, orchestrator]) if (pid !== null) process.kill(pid, 'SIGKILL')
    await eventually('both are gone', async () => {
      const pids = await runPids(folder)
      return pids.keeper === null && pids.orchestrator === null ? true : null
    })

    t.match(await statusOf(folder), { live: false, run: { id, end: null } })
    t.match(await jetpack(folder, 'doctor'), {
      code: 1,
      stdout: /RED +processes .*left over: process \d+ of A, attempt 1/,
    })
    t.match(await jetpack(folder, 'attach', '--headless'), { code: 2, stderr: /no orchestrator answers/ })
    await writeFile(go, '')
    const goneOn = await jetpack(folder, 'run', '--headless')
    t.equal(goneOn.code, 0, goneOn.stderr)
    t.ok(goneOn.stdout.startsWith(`Going on with run ${id} with 2 seats.`), goneOn.stdout)
    t.match(await jetpack(folder, 'doctor'), { code: 0 })
    t.match(await statusOf(folder), { run: { id, end: 'all_tasks_complete' }, counts: { completed: 2 } })
  },
)

t.test('Ctrl-C of a headless run stops it: work is kept, the exit code says stopped', async t => {
  const { folder, go } = await crewThatWaits(t)
  const { pid, ended } = start(folder, [process.execPath, program, 'run', '--headless'])
  await agentAtWork(folder, 'A')
  process.kill(pid, 'SIGINT')
  const { code, stdout, stderr } = await ended
  t.equal(code, 3, stderr)
  t.match(stderr, /^Stopping: .* Ctrl-C again stops it at once\.$/m)
  t.match(stdout, /was stopped\. 0 of 2 tasks are completed\./)
  t.notOk(existsSync(go))
  t.match((await jetpack(folder, 'show', 'A')).stdout, /1 {2}builder-\d {2}\S+ {2}stopped \(not counted\)/)
  t.equal((await jetpack(folder, 'doctor')).code, 0)
})

t.test('a run in which only a person can help ends with 1, and retry takes it up again', async t => {
  const folder = await repository(t, { 'agent.sh': '#!/bin/sh\ntest -e "$GO" && cat > "$JETPACK_TASK.md"\n' })
  const go = join(folder, '.git/go')
  const agents = [{ executor: 'command', command: './agent.sh', env: { GO: go } }]
  await writeFile(
    join(folder, 'jetpack.config.json'),
    JSON.stringify({ agents, retry: { maxAttempts: 2, baseSeconds: 0, maxSeconds: 0 } }),
  )
  await jetpack(folder, 'add', 'First', '--id', 'A')
  await jetpack(folder, 'add', 'Second', '--id', 'B', '--depends', 'A')
  const first = await jetpack(folder, 'run', '--headless')
  t.equal(first.code, 1, first.stderr)
  t.match(first.stdout, /nothing can run until a person acts\. 0 of 2 tasks are completed\./)
  t.match((await jetpack(folder, 'list', '--status', 'failed')).stdout, /^A +failed .* 2\/2 /m)
  t.match((await jetpack(folder, 'list', '--status', 'waiting')).stdout, /^B .*stranded by A \(failed\)/m)
  t.match(await jetpack(folder, 'retry', '--failed'), { code: 0, stdout: 'A will be tried again.\n' })
  await writeFile(go, '')
  const second = await jetpack(folder, 'run', '--headless', '-a', '1')
  t.match(second.stdout, /^Run night-\d+-2 started with 1 seats?\./)
  t.equal(second.code, 0, second.stderr)
  t.match(await readFile(join(folder, '.beads/tasks/A.json'), 'utf8'), /"retriedAfter": 2/)
})
