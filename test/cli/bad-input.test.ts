// Everything that a person may get wrong before the first run: one clear sentence each, and exit code 2.

import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type Ended, execute, git, jetpack, program, repository, scratchFolder } from './rig.js'

/** One sentence on standard error, its hint indented under it, nothing on standard output. */
function isOneSentence(ended: Ended, code: number, sentence: RegExp): void {
  t.equal(ended.code, code, `exit code of: ${ended.stderr}`)
  t.equal(ended.stdout, '')
  const [first = '', ...rest] = ended.stderr.trimEnd().split('\n')
  t.match(first, sentence)
  t.ok(
    rest.length <= 1 && rest.every(line => line.startsWith('  ')),
    `one sentence and at most one hint: ${ended.stderr}`,
  )
  t.notMatch(ended.stderr, /\n\s+at /, 'no stack')
}

t.test('outside of a repository every command says so', async t => {
  const folder = await scratchFolder(t)
  for (const args of [['init'], ['run'], ['list'], ['status'], ['add', 'x'], ['doctor']])
    isOneSentence(
      await jetpack(folder, ...args),
      2,
      /^jetpack: Cannot open the repository: ".*" is not inside a git repository\.$/,
    )
})

t.test('a repository without commits can be neither prepared nor run', async t => {
  const folder = await scratchFolder(t)
  await git(folder, 'init', '-q')
  for (const command of ['init', 'run'])
    isOneSentence(await jetpack(folder, command), 2, /the repository has no commit yet\.$/)
})

t.test('a repository that was not prepared asks for init', async t => {
  const folder = await scratchFolder(t)
  await git(folder, 'init', '-q')
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'Begin')
  for (const args of [['list'], ['add', 'x'], ['run', '--headless'], ['validate-tasks']]) {
    const ended = await jetpack(folder, ...args)
    isOneSentence(ended, 2, /has not been prepared for jetpack\.$/)
    t.match(ended.stderr, /`jetpack init`/)
  }
})

t.test('without a crew nothing runs, and the sentence says how to name one', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'A task')
  const ended = await jetpack(folder, 'run', '--headless')
  isOneSentence(ended, 2, /^jetpack: Cannot run: no agents are configured\.$/)
  t.match(ended.stderr, /"executor": "command".*jetpack\.config|jetpack\.config.*"executor": "command"/)
})

t.test('a run without tasks says how to write some', async t => {
  const folder = await repository(t)
  await writeFile(join(folder, 'jetpack.config.json'), '{"agents":[{"executor":"sim"}]}')
  isOneSentence(await jetpack(folder, 'run', '--headless'), 2, /^jetpack: Cannot run: there are no tasks\.$/)
})

t.test('a configuration that is wrong is refused with its line and the nearest name', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'A task')
  await writeFile(join(folder, 'jetpack.config.json'), '{\n  "agnets": []\n}\n')
  isOneSentence(
    await jetpack(folder, 'run', '--headless'),
    2,
    /jetpack\.config\.json:2: unknown key "agnets", did you mean "agents"\?/,
  )
  await writeFile(join(folder, 'jetpack.config.json'), '{\n  "agents": [\n')
  isOneSentence(await jetpack(folder, 'run', '--headless'), 2, /jetpack\.config\.json:\d+: .*not JSON/)
  await writeFile(
    join(folder, 'jetpack.config.json'),
    '{"agents":[{"executor":"sim"}],"qualityGates":{"requiredChecks":["lint"]}}',
  )
  isOneSentence(await jetpack(folder, 'run', '--headless'), 2, /required check "lint" has no command/)
})

t.test('more seats than the crew has are refused', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'A task')
  await writeFile(join(folder, 'jetpack.config.json'), '{"agents":[{"executor":"sim","count":2}]}')
  isOneSentence(
    await jetpack(folder, 'run', '--headless', '-a', '5'),
    2,
    /Cannot run with 5 agents: the configured crew has 2\.$/,
  )
  isOneSentence(
    await jetpack(folder, 'run', '--headless', '-a', 'many'),
    2,
    /"many": it is no number of seats\.$/,
  )
})

t.test('a .beads that cannot be written to is refused before anything is started', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'A task')
  await writeFile(join(folder, 'jetpack.config.json'), '{"agents":[{"executor":"sim"}]}')
  await chmod(join(folder, '.beads/tasks'), 0o555)
  await chmod(join(folder, '.beads'), 0o555)
  // For root nothing is read-only: then somebody else tries.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined
  if (uid !== undefined) await chownTree(folder, uid)
  const options = uid === undefined ? {} : { uid }
  isOneSentence(
    await execute(folder, [process.execPath, program, 'run', '--headless'], options),
    2,
    /^jetpack: Cannot run: ".*\.beads" is not writable for your user\.$/,
  )
  const added = await execute(folder, [process.execPath, program, 'add', 'Another'], options)
  t.equal(added.code, 2)
  t.match(added.stderr, /^jetpack: .*\.beads/)
  t.notMatch(added.stderr, /\n\s+at /)
  await chmod(join(folder, '.beads'), 0o755)
  await chmod(join(folder, '.beads/tasks'), 0o755)
})

t.test('a file in the place of .beads is told by init', async t => {
  const folder = await scratchFolder(t)
  await git(folder, 'init', '-q')
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'Begin')
  await writeFile(join(folder, '.beads'), '')
  isOneSentence(await jetpack(folder, 'init'), 2, /Cannot prepare .*\.beads/)
})

t.test('unknown commands, options and statuses are refused', async t => {
  const folder = await repository(t)
  isOneSentence(await jetpack(folder, 'lst'), 2, /^jetpack: Unknown command 'lst' \(Did you mean list\?\)$/)
  isOneSentence(await jetpack(folder, 'list', '--frob'), 2, /^jetpack: Unknown option '--frob'/)
  isOneSentence(await jetpack(folder, 'list', '--status', 'open'), 2, /"open": there is no such status\.$/)
  isOneSentence(await jetpack(folder, 'add', 'x', '--priority', 'soon'), 2, /critical, high, medium or low/)
  isOneSentence(await jetpack(folder, 'retry'), 2, /name tasks or say --failed/)
  isOneSentence(await jetpack(folder, 'show', '../../etc/passwd'), 2, /is no task id/)
  isOneSentence(await jetpack(folder, 'show', 'nobody'), 2, /There is no task "nobody"\.$/)
  isOneSentence(await jetpack(folder, 'logs', 'a', '--attempt', '0'), 2, /attempts are numbered from 1/)
  isOneSentence(await jetpack(folder, 'stop'), 2, /^jetpack: Cannot stop: no run is going on\.$/)
  isOneSentence(await jetpack(folder, 'attach'), 2, /^jetpack: Cannot attach: no orchestrator answers/)
})

t.test('with --json a fault is one object on standard error', async t => {
  const folder = await scratchFolder(t)
  const ended = await jetpack(folder, 'status', '--json')
  t.equal(ended.code, 2)
  t.equal(ended.stdout, '')
  t.match(JSON.parse(ended.stderr), {
    error: { code: 'not_a_repository', message: /not inside a git repository/, hint: /git init/ },
  })
})

async function chownTree(path: string, uid: number): Promise<void> {
  await chown(path, uid, uid)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await chownTree(join(path, entry.name), uid)
    else await chown(join(path, entry.name), uid, uid)
  }
}

t.test('every command explains itself with an example', async t => {
  const folder = await scratchFolder(t)
  await mkdir(join(folder, 'empty'))
  const names = [
    'init',
    'add',
    'import',
    'list',
    'show',
    'ready',
    'validate-tasks',
    'run',
    'start',
    'attach',
    'watch',
    'tui',
    'status',
    'logs',
    'history',
    'pause',
    'resume',
    'stop',
    'retry',
    'reassign',
    'kill',
    'doctor',
    'demo',
  ]
  for (const name of names) {
    const ended = await jetpack(folder, name, '--help')
    t.equal(ended.code, 0, name)
    t.match(ended.stdout, /Examples?:\n {2}.*jetpack /, name)
  }
})
