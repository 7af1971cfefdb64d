import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import type { SimSettings } from '../../../src/core/model/config.js'
import { findExecutor } from '../../../src/exec/executors/find-executor.js'
import { drawBehaviour } from '../../../src/exec/executors/sim.js'
import { endAttempt } from '../../../src/exec/process/end-attempt.js'
import { waitForExit } from '../../../src/exec/process/watch-exit.js'
import { attemptRig, living, until } from '../attempt-rig.js'
import { launchContext, simSettings } from '../launch-context.js'

const sim = findExecutor('sim')
/** tap hands NODE_OPTIONS to every child; the agents of this test must not be instrumented. */
const plainNode = ['/usr/bin/env', '-u', 'NODE_OPTIONS']

function argvFor(
  id: string,
  n: number,
  settings: Partial<SimSettings>,
  dependencies: string[] = [],
): readonly string[] {
  const seat = { executor: 'sim' as const, sim: { ...simSettings, ...settings } }
  return [...plainNode, ...sim.plan(launchContext({ id, title: `Task ${id}`, dependencies }, seat, n)).argv]
}

function runIn(cwd: string, argv: readonly string[]) {
  const [command = '', ...args] = argv
  return spawnSync(command, args, { cwd, encoding: 'utf8' })
}

const runTest = (cwd: string, id: string) =>
  runIn(cwd, [...plainNode, process.execPath, `test/${id}.test.js`]).status

t.test('the same seed, task and attempt behave the same, and other seeds differently', t => {
  const settings = {
    ...simSettings,
    minMs: 10,
    maxMs: 5000,
    fail: 0.2,
    red: 0.2,
    conflict: 0.5,
    hang: 0.2,
    die: 0.2,
  }
  const night = (seed: number) =>
    Array.from({ length: 50 }, (_, i) => drawBehaviour({ ...settings, seed }, `T${i}`, 1))
  t.strictSame(night(1), night(1))
  t.notSame(night(1), night(2))
  const kinds = new Set(night(1).map(({ behaviour }) => behaviour))
  t.equal(kinds.size, 5)
  t.end()
})

t.test('three attempts always suffice', t => {
  const all = { ...simSettings, fail: 1, red: 1, hang: 1, die: 1, conflict: 1 }
  t.equal(drawBehaviour(all, 'A', 3).behaviour, 'done')
  t.equal(drawBehaviour(all, 'A', 2).behaviour, 'fail')
  t.equal(drawBehaviour({ ...all, fail: 0 }, 'A', 2).behaviour, 'done')
  t.equal(drawBehaviour(all, 'A', 2).isConflicting, false)
  t.end()
})

t.test(
  'an agent writes a module and a test that pass under node, using those of its dependencies',
  async t => {
    const cwd = t.testdir({ 'package.json': '{"type":"module"}', out: '', err: '' })
    const first = runIn(cwd, argvFor('A', 1, {}))
    t.equal(first.status, 0, first.stderr)
    t.equal(runIn(cwd, argvFor('B.1', 1, {}, ['A', 'imported-by-hand'])).status, 0)
    t.equal(runTest(cwd, 'a'), 0)
    t.equal(runTest(cwd, 'b.1'), 0)
    const show = "import('./src/b.1.js').then(m => console.log(m.describe(), m.depth()))"
    const shown = runIn(cwd, [...plainNode, process.execPath, '-e', show])
    t.equal(shown.stdout, 'B.1: Task B.1 (after A) 2\n')
    writeFileSync(`${cwd}/out`, first.stdout)
    const verdict = await sim.interpret(
      { outFile: `${cwd}/out`, errFile: `${cwd}/err` },
      { kind: 'exited', code: 0 },
      0,
    )
    t.match(verdict, { outcome: 'done', costUsd: null, summary: /Simulation/ })
    t.ok(
      first.stdout
        .split('\n')
        .filter(Boolean)
        .every(line => JSON.parse(line)),
    )
  },
)

t.test('a module without the one it needs fails its test', t => {
  const cwd = t.testdir({ 'package.json': '{"type":"module"}' })
  runIn(cwd, argvFor('A', 1, {}))
  runIn(cwd, argvFor('B', 1, {}, ['A']))
  execFileSync('rm', ['src/a.js'], { cwd })
  t.not(runTest(cwd, 'b'), 0)
  t.end()
})

t.test('a red agent writes a failing test and repairs it on the next attempt', t => {
  const cwd = t.testdir({ 'package.json': '{"type":"module"}' })
  t.equal(runIn(cwd, argvFor('A', 1, { red: 1 })).status, 0)
  t.not(runTest(cwd, 'a'), 0)
  t.equal(runIn(cwd, argvFor('A', 2, { red: 1 })).status, 0)
  t.equal(runTest(cwd, 'a'), 0)
  t.end()
})

t.test('failing and dying agents write nothing', t => {
  const cwd = t.testdir({})
  t.match(runIn(cwd, argvFor('A', 1, { fail: 1 })), { status: 1, stderr: /Simulated failure/ })
  t.match(runIn(cwd, argvFor('A', 1, { die: 1 })), { status: null, signal: 'SIGKILL' })
  t.notOk(existsSync(`${cwd}/src`))
  t.end()
})

t.test('conflicting agents clash on one line, and the next attempt takes its own back', t => {
  const cwd = t.testdir({})
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, encoding: 'utf8' })
  const commit = (name: string) => git('add', '.') + git('commit', '-qm', name)
  git('init', '-q', '-b', 'main')
  runIn(cwd, argvFor('Base', 1, { conflict: 1 }))
  commit('base')
  git('checkout', '-qb', 'a')
  runIn(cwd, argvFor('A', 1, { conflict: 1 }))
  commit('a')
  git('checkout', '-qb', 'b', 'main')
  runIn(cwd, argvFor('B', 1, { conflict: 1 }))
  commit('b')
  t.throws(() => git('merge', '-q', 'a'), 'both changed the line')
  git('merge', '--abort')
  t.equal(runIn(cwd, argvFor('B', 2, { conflict: 1 })).status, 0)
  commit('b again')
  git('merge', '-qm', 'merged', 'a')
  t.match(readFileSync(`${cwd}/src/registry.js`, 'utf8'), /^export const latest = "A"$/m)
  t.end()
})

t.test('a hanging agent ignores the soft stop and is ended with its children', async t => {
  const rig = attemptRig(t)
  await rig.launch(argvFor('A', 1, { hang: 1 }))
  await until(rig.folder, () => rig.read('out.jsonl').includes('two children'))
  const tree = () => JSON.parse(rig.read('tree.json')) as { pid: number }[]
  await until(rig.folder, () => tree().length >= 3)
  const pids = tree().map(({ pid }) => pid)
  t.strictSame(await endAttempt({ ...rig, graceMs: 300 }), { gone: true })
  t.match(rig.read('out.jsonl'), /ignores TERM/)
  t.strictSame(await waitForExit(rig.folder, rig), { kind: 'signalled', signal: 'KILL' })
  t.strictSame(await living(pids), [])
})
