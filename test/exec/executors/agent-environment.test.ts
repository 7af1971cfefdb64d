import { execFileSync, spawnSync } from 'node:child_process'
import t from 'tap'
import { agentEnvironment } from '../../../src/exec/executors/agent-environment.js'
import { launchContext } from '../launch-context.js'

t.test('an agent knows who it is, and its seat cannot say otherwise', t => {
  const env = agentEnvironment(
    launchContext({}, { env: { PORT: '80', JETPACK_MARK: 'forged', JETPACK_TASK: 'other' } }, 2),
  )
  t.match(env, {
    PORT: '80',
    JETPACK_TASK: 'E1-T1',
    JETPACK_ATTEMPT: '2',
    JETPACK_SEAT: 'builder-1',
    JETPACK_SEAT_INDEX: '3',
    JETPACK_RUN: 'run-1',
    JETPACK_MARK: 'mark-12345678',
    JETPACK_PROMPT_FILE: '/attempt/prompt.md',
    JETPACK_SOCKET: '/state/sock',
    JETPACK_TOKEN: 'secret',
  })
  t.end()
})

t.test("an agent's git fetches but pushes nowhere, and signs nothing", t => {
  const cwd = t.testdir({ work: {} })
  const base = { PATH: process.env['PATH'] ?? '', HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  const run = (args: string[], env: Record<string, string> = {}) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-C', `${cwd}/work`, ...args], {
      env: { ...base, ...env },
      encoding: 'utf8',
    })
  execFileSync('git', ['init', '-q', '--bare', `${cwd}/origin.git`], { env: base })
  for (const args of [
    ['init', '-q'],
    ['remote', 'add', 'origin', `${cwd}/origin.git`],
    ['config', 'commit.gpgSign', 'true'],
  ])
    run(args)
  const env = { ...agentEnvironment(launchContext({}, {})) }
  t.equal(run(['commit', '--allow-empty', '-qm', 'x'], env).status, 0, 'commits without signing')
  t.equal(run(['fetch', 'origin'], env).status, 0)
  const refused = run(['push', 'origin', 'HEAD:refs/heads/x'], env)
  t.not(refused.status, 0)
  t.match(refused.stderr, /jetpack-does-not-push/)
  t.not(run(['push', `${cwd}/origin.git`, 'HEAD:refs/heads/x'], env).status, 0, 'nor to a path')
  t.equal(run(['ls-remote', 'origin'], env).stdout, '')
  t.equal(run(['push', 'origin', 'HEAD:refs/heads/x']).status, 0, 'without it the push works')
  t.end()
})
