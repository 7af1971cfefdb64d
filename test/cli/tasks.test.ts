// Writing, reading and checking tasks without an orchestrator.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { git, jetpack, repository, scratchFolder } from './rig.js'

t.test('add writes one task as one commit and makes a free id from the title', async t => {
  const folder = await repository(t)
  t.match(
    await jetpack(
      folder,
      'add',
      'Fix the login page!',
      '--tag',
      'ui,web',
      '--skill',
      'css',
      '--priority',
      'high',
      '--type',
      'bug',
    ),
    { code: 0, stdout: 'fix-the-login-page added.\n' },
  )
  t.match(
    await jetpack(
      folder,
      'add',
      'Fix the  LOGIN page',
      '--depends',
      'fix-the-login-page',
      '--agent',
      'codex-1',
    ),
    { code: 0, stdout: 'fix-the-login-page-2 added.\n' },
  )
  t.match(await jetpack(folder, 'add', '日本', '--command', 'make it', '--agent', 'command'), {
    code: 0,
    stdout: 'task added.\n',
  })
  const task = JSON.parse(
    await readFile(join(folder, '.beads/tasks/fix-the-login-page.json'), 'utf8'),
  ) as unknown
  t.match(task, {
    title: 'Fix the login page!',
    tags: ['ui', 'web'],
    requiredSkills: ['css'],
    priority: 'high',
    type: 'bug',
    status: 'ready',
  })
  t.match(JSON.parse((await jetpack(folder, 'show', 'fix-the-login-page-2', '--json')).stdout), {
    task: { agent: { seat: 'codex-1' } },
    row: { waiting: true, why: 'needs fix-the-login-page' },
  })
  t.match(JSON.parse(await readFile(join(folder, '.beads/tasks/task.json'), 'utf8')), {
    agent: { executor: 'command' },
    command: 'make it',
  })
  t.equal(await git(folder, 'rev-list', '--count', 'jetpack-tasks', '--', '.beads/tasks'), '3')
})

t.test('add refuses what would break the backlog', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'First', '--id', 'A')
  const before = await git(folder, 'rev-parse', 'jetpack-tasks')
  t.match(await jetpack(folder, 'add', 'x', '--id', 'a'), { code: 2, stderr: /id "a" is taken by "A"/ })
  t.match(await jetpack(folder, 'add', 'x', '--id', '../x'), { code: 2, stderr: /must be 1 to 128/ })
  t.match(await jetpack(folder, 'add', 'x', '--id', 'nul'), { code: 2, stderr: /must not be a device name/ })
  t.match(await jetpack(folder, 'add', '  '), { code: 2, stderr: /field "title" is ""/ })
  t.match(await jetpack(folder, 'add', 'x', '--depends', 'nobody'), {
    code: 2,
    stderr: /depends on "nobody", which does not exist/,
  })
  t.match(await jetpack(folder, 'add', 'x', '--id', 'B', '--depends', 'B'), {
    code: 2,
    stderr: /cycle: B → B/,
  })
  t.equal(await git(folder, 'rev-parse', 'jetpack-tasks'), before)
})

t.test('reading commands answer in text and as one object with a schema', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'First', '--id', 'A')
  await jetpack(folder, 'add', 'Second', '--id', 'B', '--depends', 'A')
  const schemas = {
    status: 'jetpack.status/1',
    list: 'jetpack.tasks/1',
    ready: 'jetpack.tasks/1',
    'show A': 'jetpack.task-detail/1',
    'history A': 'jetpack.history/1',
    'validate-tasks': 'jetpack.validation/1',
    doctor: 'jetpack.doctor/1',
  }
  for (const [command, schema] of Object.entries(schemas)) {
    const ended = await jetpack(folder, ...command.split(' '), '--json')
    t.equal(ended.code, 0, command)
    t.equal((JSON.parse(ended.stdout) as { schema: string }).schema, schema)
  }
  t.match(JSON.parse((await jetpack(folder, 'status', '--json')).stdout), {
    live: false,
    counts: { total: 2, ready: 1, waiting: 1 },
  })
  t.match((await jetpack(folder, 'list')).stdout, /^A +ready .*\nB +waiting .*Second \(needs A\)$/m)
  t.notMatch((await jetpack(folder, 'ready')).stdout, /^B /m)
  t.match((await jetpack(folder, 'history', 'A')).stdout, /A: added, ready, by /)
  await mkdir(join(folder, 'deep/down'), { recursive: true })
  t.match((await jetpack(join(folder, 'deep/down'), 'list', '--filter', 'second')).stdout, /^1 of 2 tasks$/m)
})

t.test('a linked worktree sees the tasks of its home checkout', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'First', '--id', 'A')
  const other = join(await scratchFolder(t), 'linked')
  await git(folder, 'worktree', 'add', '-q', other)
  t.match((await jetpack(other, 'list')).stdout, /^A +ready/m)
  t.match(await jetpack(other, 'add', 'Second', '--id', 'B'), { code: 0 })
  t.ok(existsSync(join(folder, '.beads/tasks/B.json')))
  t.notOk(existsSync(join(other, '.beads')))
})

t.test('text from tasks reaches the screen without its escapes', async t => {
  const folder = await repository(t)
  await jetpack(
    folder,
    'add',
    'red \u001b[31malert\u001b[0m \u202egnp.exe \u009b2J',
    '--id',
    'A',
    '--description',
    'one\u001b]0;title\u0007\ntwo',
  )
  for (const args of [['list'], ['show', 'A'], ['history', 'A']])
    t.notMatch(
      (await jetpack(folder, ...args)).stdout,
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
      args.join(' '),
    )
  t.match((await jetpack(folder, 'show', 'A')).stdout, /^A: red alert gnp\.exe/m)
})

t.test('validate-tasks names file, line, field, what is wrong and what to write', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'First', '--id', 'A')
  const tasks = join(folder, '.beads/tasks')
  await writeFile(join(tasks, 'B.json'), '{\n  "id": "B",\n  "title": "B",\n  "status": "opne"\n}\n')
  await writeFile(join(tasks, 'C.json'), Buffer.from('{"id":"C","title":"\xff"}', 'latin1'))
  await writeFile(join(tasks, 'D.json'), '{"id":"D","title":')
  await writeFile(join(tasks, 'E.json'), '')
  await truncate(join(tasks, 'E.json'), 50 * 1024 * 1024)
  const ended = await jetpack(folder, 'validate-tasks')
  t.equal(ended.code, 1)
  t.match(
    ended.stderr,
    /^tasks\/B\.json:4: field "status" is "opne", expected one of ready, in_progress, completed, failed, blocked, cancelled$/m,
  )
  t.match(ended.stderr, /^tasks\/C\.json:1: the file is not valid UTF-8, expected UTF-8 text$/m)
  t.match(ended.stderr, /^tasks\/D\.json:1: the file is not JSON/m)
  t.match(ended.stderr, /^tasks\/E\.json: the file is 52428800 bytes long, expected at most/m)
  const listed = await jetpack(folder, 'list')
  t.equal(listed.code, 0, 'the others are shown all the same')
  t.match(listed.stdout, /^A +ready/m)
  t.equal((await jetpack(folder, 'doctor')).code, 1)
})

t.test('validate-tasks --fix fills in, restores, and keeps every old byte', async t => {
  const folder = await repository(t)
  await jetpack(folder, 'add', 'First', '--id', 'A')
  const tasks = join(folder, '.beads/tasks')
  const whole = await readFile(join(tasks, 'A.json'), 'utf8')
  await writeFile(join(tasks, 'A.json'), whole.slice(0, 40))
  await writeFile(join(tasks, 'B.json'), '{"id":"B","title":"By hand","mine":1}')
  t.match(await jetpack(folder, 'validate-tasks', '--fix'), {
    code: 0,
    stdout: /2 tasks: all files are well\./,
  })
  t.equal(await readFile(join(tasks, 'A.json'), 'utf8'), whole, 'restored from the task branch')
  t.match(JSON.parse(await readFile(join(tasks, 'B.json'), 'utf8')), {
    schema: 'jetpack.task/1',
    id: 'B',
    title: 'By hand',
    mine: 1,
    status: 'ready',
    dependencies: [],
  })
  const folderOf = join(folder, '.git/jetpack/quarantine')
  const kept = await Promise.all(
    (await readdir(folderOf))
      .filter(name => !name.endsWith('.why.json'))
      .map(name => readFile(join(folderOf, name), 'utf8')),
  )
  t.ok(kept.includes(whole.slice(0, 40)), 'the torn bytes are kept')
  t.ok(kept.includes('{"id":"B","title":"By hand","mine":1}'), 'the bytes as written by hand are kept')
  t.equal((await jetpack(folder, 'doctor')).code, 0)
})
