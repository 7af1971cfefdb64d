import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Exit } from '../../../src/core/messages/verdict.js'
import { commandExecutor } from '../../../src/exec/executors/command.js'
import { launchContext } from '../launch-context.js'

const at = Date.parse('2026-11-22T20:00:00Z')
const exited = (code: number): Exit => ({ kind: 'exited', code })

function interpret(t: Test, out: string, err: string, exit: Exit) {
  const folder = t.testdir({})
  const files = { outFile: `${folder}/out.jsonl`, errFile: `${folder}/err.log` }
  writeFileSync(files.outFile, out)
  writeFileSync(files.errFile, err)
  return commandExecutor.interpret(files, exit, at)
}

t.test('exit codes and signals mean outcomes', async t => {
  const outcome = async (exit: Exit) => (await interpret(t, '', '', exit)).outcome
  t.equal(await outcome(exited(0)), 'done')
  t.equal(await outcome(exited(1)), 'task')
  t.equal(await outcome(exited(75)), 'provider')
  t.equal(await outcome(exited(77)), 'auth')
  t.equal(await outcome(exited(69)), 'infra')
  t.equal(await outcome(exited(126)), 'infra')
  t.equal(await outcome(exited(127)), 'infra')
  t.equal(await outcome(exited(137)), 'task')
  t.equal(await outcome({ kind: 'signalled', signal: 'KILL' }), 'killed')
  t.equal(await outcome({ kind: 'lost' }), 'killed')
})

t.test('the reason is what the agent said last, errors before output', async t => {
  t.equal((await interpret(t, 'out\n', 'one\ntwo\n', exited(1))).reason, 'one\ntwo')
  t.equal((await interpret(t, 'out\n', '', exited(1))).reason, 'out')
  t.match((await interpret(t, '', '', exited(9))).reason, /exit code 9/)
  t.equal((await interpret(t, '', 'warning', exited(0))).reason, null)
})

t.test('a declared line says more and wins over the exit code', async t => {
  const line = {
    outcome: 'limit',
    resetAt: '2026-11-22T23:00:00Z',
    costUsd: 0.1,
    tokens: { input: 10, output: 2, cached: 3 },
    sessionId: 'abc-1',
    summary: 'half done',
    reason: 'usage limit',
  }
  const verdict = await interpret(
    t,
    `noise\n${JSON.stringify({ jetpack: line })}\nmore noise\n`,
    'error',
    exited(0),
  )
  const { fingerprint, ...rest } = verdict
  t.strictSame(rest, { ...line, resetAt: Date.parse(line.resetAt) })
  t.match(fingerprint, /^[0-9a-f]{16}$/)
})

t.test('the last declared line counts, and a cut or foreign one does not', async t => {
  const out = [
    '{"jetpack":{"outcome":"done","costUsd":1}}',
    '{"jetpack":{"outcome":"question","costUsd":2}}',
    '{"jetpack":{"outcome":"done","costUsd":3',
    '{"jetpack":null}',
    '{"text":"{\\"jetpack\\":{\\"outcome\\":\\"done\\"}}"}',
  ]
  t.match(await interpret(t, out.join('\n'), '', exited(0)), { outcome: 'question', costUsd: 2 })
})

t.test('a killed agent is killed, whatever it declared before', async t => {
  const out = '{"jetpack":{"outcome":"done","costUsd":1}}\n'
  t.match(await interpret(t, out, '', { kind: 'signalled', signal: 'KILL' }), {
    outcome: 'killed',
    costUsd: 1,
  })
})

t.test('a declared field that makes no sense counts as not given', async t => {
  const line = {
    outcome: 'landed',
    resetAt: '2036-01-01T00:00:00Z',
    costUsd: -1,
    tokens: { input: 1.5, output: 2 },
    sessionId: '--help; rm -rf /',
    summary: { a: 1 },
    reason: 7,
  }
  const verdict = await interpret(t, JSON.stringify({ jetpack: line }), '', exited(0))
  t.strictSame(verdict, {
    outcome: 'done',
    reason: null,
    fingerprint: null,
    resetAt: null,
    sessionId: null,
    costUsd: null,
    tokens: null,
    summary: null,
  })
})

t.test('a declaration is found after 60 MB of hostile output, in little memory', async t => {
  const folder = t.testdir({})
  const files = { outFile: `${folder}/out.jsonl`, errFile: `${folder}/err.log` }
  const fd = openSync(files.outFile, 'w')
  writeSync(fd, '{"jetpack":')
  for (let i = 0; i < 60; i += 1) writeSync(fd, Buffer.alloc(1024 * 1024, i % 2 === 0 ? 0xff : 0x5b))
  writeSync(fd, '\n{"jetpack":{"outcome":"auth","reason":"no key"}}')
  closeSync(fd)
  const before = process.memoryUsage().rss
  t.match(await commandExecutor.interpret(files, exited(0), at), { outcome: 'auth', reason: 'no key' })
  t.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024)
})

t.test('reasons carry no escapes and stay within 2,000 characters', async t => {
  const hostile = `\u001b]0;title\u0007\u001b[31mred\u001b[0m \u202eevil\u0000 \u001b`
  const { reason } = await interpret(t, '', `${'x'.repeat(5000)}\n${hostile}`, exited(1))
  t.ok((reason ?? '').length <= 2000)
  t.match(reason, /red evil *$/)
  t.notMatch(reason, /[\u0000-\u0008\u001b\u202e]/)
  const declared = await interpret(
    t,
    JSON.stringify({ jetpack: { outcome: 'task', reason: `${hostile}${'y'.repeat(9000)}` } }),
    '',
    exited(0),
  )
  t.equal(declared.reason?.length, 2000)
})

t.test('equal failures have equal fingerprints whatever the time, place and number', async t => {
  const mark = async (text: string, code = 1) => (await interpret(t, '', text, exited(code))).fingerprint
  const one = await mark('/tmp/a1/src/x.ts:10:4 failed after 1.52s at 2026-11-22T20:01:02Z (run 5f3e9c1a77)')
  t.equal(
    await mark(
      '/home/z/w 2/src/x.ts:11:9 failed after 31s at 2026-11-23T01:00:00Z (run 0a1b2c3d4e)'.replace(
        'w 2',
        'w',
      ),
    ),
    one,
  )
  t.not(await mark('/tmp/a1/src/y.ts:10:4 failed after 1.52s at 2026-11-22T20:01:02Z (run 5f3e9c1a77)'), one)
  t.not(await mark('failed', 75), await mark('failed', 1))
  t.not(await mark('', 3), await mark('', 4))
})

t.test('the command of the task goes before that of the seat', t => {
  const { plan } = commandExecutor
  const seat = { command: ['./agent.sh', 'a b'], args: ['--fast'] }
  t.strictSame(plan(launchContext({}, seat)).argv, ['./agent.sh', 'a b', '--fast'])
  t.strictSame(plan(launchContext({ command: 'npm run x && y' }, seat)).argv, [
    '/bin/sh',
    '-c',
    'npm run x && y',
  ])
  t.strictSame(plan(launchContext({ command: ['make', 'it'] }, seat)).argv, ['make', 'it'])
  t.throws(() => plan(launchContext({}, {})), {
    code: 'spawn_failed',
    message: /neither of them has a command/,
  })
  t.end()
})
