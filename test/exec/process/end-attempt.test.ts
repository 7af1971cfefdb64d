import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { AttemptControl } from '../../../src/exec/process/attempt-control.js'
import { recordedTriples } from '../../../src/exec/process/attempt-state.js'
import { endAttempt } from '../../../src/exec/process/end-attempt.js'
import { listMarked, sweepMark } from '../../../src/exec/process/sweep.js'
import { readStat } from '../../../src/exec/process/triple.js'
import { waitForExit } from '../../../src/exec/process/watch-exit.js'
import { attemptRig, escapeAgent, escapedPids, living, signal, stateOf, until } from '../attempt-rig.js'

t.test('nothing of the tree is left after the kill order, daemons without our mark included', async t => {
  const rig = attemptRig(t)
  const { control } = await rig.launch(escapeAgent(rig.cwd, null))
  const pids = await escapedPids(rig.cwd)
  t.equal((await living(pids)).length, 6)
  t.equal(await control.kill(), true)
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'KILL' })
  t.strictSame(await living(pids), [])
})

t.test('an agent that ends by itself leaves no process behind, and its own exit code counts', async t => {
  const rig = attemptRig(t)
  await rig.launch(escapeAgent(rig.cwd, 7))
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'exited', code: 7 })
  t.strictSame(await living(await escapedPids(rig.cwd)), [])
})

t.test('a soft stop lets the agent end by itself', async t => {
  const rig = attemptRig(t)
  await rig.launch([
    '/bin/sh',
    '-c',
    'trap "echo bye; exit 4" TERM; echo ready; while :; do sleep 0.05; done',
  ])
  await until(rig.folder, () => rig.read('out.jsonl') === 'ready\n')
  t.strictSame(await endAttempt({ ...rig, graceMs: 10_000 }), { gone: true })
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'exited', code: 4 })
  t.equal(rig.read('out.jsonl'), 'ready\nbye\n')
})

t.test('an agent that ignores the soft stop is killed after the grace period', async t => {
  const rig = attemptRig(t)
  await rig.launch(['/bin/sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done'])
  await until(rig.folder, () => rig.read('out.jsonl') === 'ready\n')
  t.strictSame(await endAttempt({ ...rig, graceMs: 200 }), { gone: true })
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'KILL' })
})

t.test('a stopped agent sees the soft stop', async t => {
  const rig = attemptRig(t)
  await rig.launch(['/bin/sh', '-c', 'kill -STOP $$; sleep 60'])
  await until(rig.folder, async () => isStopped((await stateOf(rig.folder)).agent.pid))
  t.strictSame(await endAttempt({ ...rig, graceMs: 10_000 }), { gone: true })
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'TERM' })
})

t.test('an agent that has stopped its own reaper is ended all the same', async t => {
  const rig = attemptRig(t)
  const { pid } = await rig.launch([
    '/bin/sh',
    '-c',
    'until [ -e go ]; do sleep 0.01; done; kill -STOP $PPID; sleep 60',
  ])
  writeFileSync(`${rig.cwd}/go`, '')
  await until(rig.folder, () => isStopped(pid))
  t.strictSame(await endAttempt({ ...rig, graceMs: 0 }), { gone: true })
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'KILL' })
})

t.test('when the reaper itself is killed, mark and recorded triples find the whole tree', async t => {
  const rig = attemptRig(t)
  const { pid } = await rig.launch(escapeAgent(rig.cwd, null))
  const pids = await escapedPids(rig.cwd)
  await until(rig.folder, async () => {
    const recorded = (await recordedTriples(rig.folder)).map(triple => triple.pid)
    return pids.every(each => recorded.includes(each))
  })
  process.kill(pid, 'SIGKILL')
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'lost' })
  t.equal((await living(pids)).length, 6, 'the tree outlives its reaper')
  t.strictSame(await endAttempt({ ...rig, graceMs: 1000 }), { gone: true })
  t.strictSame(await living(pids), [])
})

t.test('an attempt that never started is gone', async t => {
  const rig = attemptRig(t)
  t.strictSame(await endAttempt({ ...rig, graceMs: 1000 }), { gone: true })
  t.equal(await AttemptControl.open(rig.folder), null)
})

t.test('a sweep ends what carries its mark and nothing else', async t => {
  const marked = (mark: string) => {
    const child = spawn('sleep', ['60'], { env: { JETPACK_MARK: mark }, stdio: 'ignore' })
    t.teardown(() => child.kill('SIGKILL'))
    return { pid: child.pid ?? 0, ended: new Promise(resolve => child.once('exit', (_, by) => resolve(by))) }
  }
  const [ours, other] = [marked('test-sweep-ours'), marked('test-sweep-ours-not')]
  await until(
    '/proc',
    async () => (await listMarked()).filter(({ pid }) => pid === ours.pid || pid === other.pid).length === 2,
  )
  t.strictSame(await sweepMark('test-sweep-ours', [], { signal }), { remaining: [] })
  t.equal(await ours.ended, 'SIGKILL')
  t.ok(await readStat(other.pid))
  await t.rejects(sweepMark('', [], { signal }), 'an empty mark is refused')
})

t.test('a pid that was reused by another process is not touched', async t => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  const pid = child.pid ?? 0
  const stat = await readStat(pid)
  const earlier = { bootId: 'of an earlier boot', pid, start: stat?.start ?? '' }
  t.strictSame(await sweepMark('test-no-such-mark', [earlier], { signal }), { remaining: [] })
  t.ok(await readStat(pid), 'same pid and start time, other boot')
})

async function isStopped(pid: number): Promise<boolean> {
  return / T \d+ /.test(await readFile(`/proc/${pid}/stat`, 'utf8'))
}
