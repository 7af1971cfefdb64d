import { existsSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { adoptAttempt } from '../../../src/exec/process/adopt-attempt.js'
import { launchAttempt } from '../../../src/exec/process/launch-attempt.js'
import { listMarked } from '../../../src/exec/process/sweep.js'
import { isAlive } from '../../../src/exec/process/triple.js'
import { waitForExit } from '../../../src/exec/process/watch-exit.js'
import { attemptRig, escapeAgent, escapedPids, living, signal, stateOf, until } from '../attempt-rig.js'

t.test('an agent gets the prompt on stdin and its output goes to the files', async t => {
  const rig = attemptRig(t)
  await rig.launch(['/bin/sh', '-c', 'cat; pwd >&2; exit 3'], { prompt: 'do this\n' })
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'exited', code: 3 })
  t.equal(rig.read('out.jsonl'), 'do this\n')
  t.equal(rig.read('err.log'), `${rig.cwd}\n`)
  t.equal(rig.read('prompt.md'), 'do this\n')
  t.equal(statSync(rig.folder).mode & 0o777, 0o700)
})

t.test('the state names reaper and agent by pid and start time', async t => {
  const rig = attemptRig(t)
  const { pid } = await rig.launch(['/bin/sh', '-c', 'echo $$; sleep 60'])
  await until(rig.folder, () => rig.read('out.jsonl') !== '')
  const state = await stateOf(rig.folder)
  t.match(state, {
    phase: 'running',
    epoch: 1,
    mark: rig.mark,
    reaper: { pid },
    agent: { pid: Number(rig.read('out.jsonl')) },
  })
  t.equal(await isAlive(state.agent), true)
  t.equal(await isAlive({ ...state.agent, start: '1' }), false)
  t.equal(readFileSync(`/proc/${state.agent.pid}/oom_score_adj`, 'utf8'), '800\n')
})

t.test('the signal that ended an agent is told by name', async t => {
  const rig = attemptRig(t)
  await rig.launch(['/bin/sh', '-c', 'kill -USR1 $$'])
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'USR1' })
})

t.test('signals of a terminal do not reach the reaper, and the agent can still be ended by them', async t => {
  const rig = attemptRig(t)
  const { pid } = await rig.launch([
    '/bin/sh',
    '-c',
    'kill -TERM $PPID; kill -HUP $PPID; kill -INT $PPID; kill -INT $$',
  ])
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'INT' })
  t.ok(pid > 1)
})

t.test('an agent that cannot be executed fails the launch with the reason and leaves nothing', async t => {
  const rig = attemptRig(t)
  await t.rejects(rig.launch(['/nowhere/agent']), {
    code: 'spawn_failed',
    message: /"\/nowhere\/agent": No such file/,
  })
  t.strictSame(JSON.parse(rig.read('exit')), { failed: 'No such file or directory' })
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'exited', code: 127 })
  t.notOk((await listMarked()).some(({ mark }) => mark === rig.mark))
})

t.test('a workspace that is not there fails the launch', async t => {
  const { folder, cwd, mark } = attemptRig(t)
  const plan = {
    folder,
    cwd: `${cwd}/gone`,
    argv: ['true'],
    env: {},
    prompt: '',
    mark,
    epoch: 1,
    adoptSeconds: 1,
  }
  await t.rejects(launchAttempt(plan, signal), { code: 'spawn_failed', message: /no such folder/ })
  t.notOk(existsSync(folder))
})

t.test('a folder in which an agent still runs takes no second one', async t => {
  const rig = attemptRig(t)
  await rig.launch(['sleep', '60'])
  await t.rejects(rig.launch(['sleep', '60']), { code: 'spawn_failed', message: /still runs/ })
})

t.test('a tree that nobody owns is ended after the adopt time', async t => {
  const rig = attemptRig(t)
  const { control } = await rig.launch(escapeAgent(rig.cwd, null), { adoptSeconds: 1 })
  const pids = await escapedPids(rig.cwd)
  await control[Symbol.asyncDispose]()
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'KILL' })
  t.strictSame(await living(pids), [])
})

t.test('an adopted agent lives on under the new epoch when its first owner lets go', async t => {
  const rig = attemptRig(t)
  const { control } = await rig.launch(['/bin/sh', '-c', 'sleep 1.5; exit 5'], { adoptSeconds: 1 })
  const adopted = await adoptAttempt(rig.folder, 2, { signal })
  t.teardown(() => adopted?.[Symbol.asyncDispose]())
  await control[Symbol.asyncDispose]()
  t.equal((await stateOf(rig.folder)).epoch, 2)
  t.strictSame(
    await waitForExit(rig.folder, rig),
    { kind: 'exited', code: 5 },
    'not ended after the adopt time',
  )
  t.equal(await adoptAttempt(rig.folder, 3, { signal }), null, 'an ended one cannot be adopted')
})

t.test('waiting for an exit ends with the signal', async t => {
  const rig = attemptRig(t)
  await rig.launch(['sleep', '60'])
  await t.rejects(waitForExit(rig.folder, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' })
})
