import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { runGate } from '../../../src/exec/gates/run-gate.js'
import { living, until } from '../attempt-rig.js'

interface Options {
  timeoutMs?: number
  signal?: AbortSignal
  cwd?: string
}

function gate(
  t: Test,
  command: string,
  { timeoutMs = 20_000, signal = AbortSignal.timeout(30_000), cwd }: Options = {},
) {
  const folder = t.testdirName
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder }
  return runGate({
    gate: { name: 'test', command, required: true },
    cwd: cwd ?? folder,
    env,
    timeoutMs,
    outFile: `${folder}/out/test.log`,
    signal,
  })
}

t.beforeEach(t => void t.testdir({}))

t.test('exit 0 is green', async t => {
  t.match(await gate(t, 'echo one; echo two >&2'), {
    state: 'green',
    reason: null,
    fingerprint: null,
    outputTail: 'one\ntwo',
  })
  t.equal(readFileSync(`${t.testdirName}/out/test.log`, 'utf8'), 'one\ntwo\n')
  t.notOk(existsSync(`${t.testdirName}/out/test.log.run`))
})

t.test('any other exit is red with the last words as the reason', async t => {
  const first = await gate(t, 'echo "src/a.js:12 broke"; exit 1')
  t.match(first, { state: 'red', reason: 'src/a.js:12 broke', fingerprint: /^[0-9a-f]{16}$/ })
  t.equal((await gate(t, 'echo "src/a.js:99 broke"; exit 2')).fingerprint, first.fingerprint)
  t.match(await gate(t, 'exit 3'), { state: 'red', reason: /exit code 3/ })
  t.match(await gate(t, 'kill -SEGV $$'), { state: 'red', reason: /SEGV/ })
})

t.test('a command that is not there or cannot be executed did not run', async t => {
  t.match(await gate(t, 'no-such-tool --check'), {
    state: 'infra',
    reason: /127.*not found/,
    fingerprint: null,
  })
  writeFileSync(`${t.testdirName}/plain`, 'text', { mode: 0o644 })
  t.match(await gate(t, './plain'), { state: 'infra', reason: /126/ })
  t.match(await gate(t, 'true', { cwd: `${t.testdirName}/gone` }), {
    state: 'infra',
    reason: /no such folder/,
  })
})

t.test('a gate that takes too long did not run, and its children are ended', async t => {
  const command = 'setsid sh -c "trap : TERM; while :; do sleep 1; done" & echo $! > child; wait'
  t.match(await gate(t, command, { timeoutMs: 400 }), {
    state: 'infra',
    reason: 'It did not end within 0.4 s.',
  })
  t.strictSame(await living([Number(readFileSync(`${t.testdirName}/child`, 'utf8'))]), [])
})

t.test('an aborted gate leaves nothing behind and rejects with the reason', async t => {
  const stop = new AbortController()
  const noted = `${t.testdirName}/pid`
  const running = gate(t, 'echo $$ > pid.tmp; mv pid.tmp pid; sleep 60; true', { signal: stop.signal })
  await until(t.testdirName, () => existsSync(noted))
  const pids = [Number(readFileSync(noted, 'utf8'))]
  t.strictSame(await living(pids), pids)
  stop.abort(new Error('stop asked'))
  await t.rejects(running, { message: 'stop asked' })
  t.strictSame(await living(pids), [])
})

t.test('a background process of a green gate does not outlive it', async t => {
  t.match(await gate(t, 'setsid sleep 60 & echo $! > child'), { state: 'green' })
  t.strictSame(await living([Number(readFileSync(`${t.testdirName}/child`, 'utf8'))]), [])
})

t.test('output is bounded', async t => {
  t.match(await gate(t, 'head -c 30000000 /dev/zero | tr "\\0" x; echo; echo end; exit 1'), {
    state: 'red',
    reason: /end$/,
  })
  t.ok(statSync(`${t.testdirName}/out/test.log`).size <= 4 * 1024 * 1024)
})

t.test("the project's own tools come first, those of folders above too", async t => {
  const tool = (folder: string, name: string, says: string) => {
    mkdirSync(`${folder}/node_modules/.bin`, { recursive: true })
    writeFileSync(`${folder}/node_modules/.bin/${name}`, `#!/bin/sh\necho ${says}\n`, { mode: 0o755 })
  }
  const inner = `${t.testdirName}/packages/a`
  tool(t.testdirName, 'lint', 'outer')
  tool(t.testdirName, 'ls', 'own')
  tool(inner, 'lint', 'inner')
  t.equal((await gate(t, 'lint; ls', { cwd: inner })).outputTail, 'inner\nown')
})
