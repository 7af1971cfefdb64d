// Import: good lines in, bad ones named and kept, nothing half.

import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { git, jetpack, packageRoot, repository, sharedFolder } from './rig.js'

const afterCrash = join(sharedFolder, 'data/jaroloan/tasks.after-crash.jsonl')

t.test(
  'the backlog that a crash left',
  { skip: existsSync(afterCrash) ? false : `${afterCrash} is not here` },
  async t => {
    const folder = await repository(t)
    const refused = await jetpack(folder, 'import', afterCrash)
    t.equal(refused.code, 1)
    t.match(refused.stderr, /^tasks\.after-crash\.jsonl:261: the line is not JSON/)
    t.match(refused.stderr, /nothing was written\.\n/)
    t.strictSame(await readdir(join(folder, '.beads/tasks')), [], 'nothing is written without --partial')

    const partial = await jetpack(folder, 'import', afterCrash, '--partial')
    t.equal(partial.code, 0)
    t.match(partial.stdout, /^260 tasks imported\.$/m)
    t.match(partial.stderr, /:261: the line is not JSON/)
    t.equal((await readdir(join(folder, '.beads/tasks'))).length, 260)

    const [name = ''] = (await readdir(join(folder, '.git/jetpack/quarantine'))).filter(
      file => !file.endsWith('.why.json'),
    )
    const lost = (await readFile(afterCrash, 'utf8')).split('\n')[260] ?? ''
    t.equal(
      await readFile(join(folder, '.git/jetpack/quarantine', name), 'utf8'),
      `${lost}\n`,
      'the torn line is kept byte for byte',
    )

    const valid = await jetpack(folder, 'validate-tasks', '--json')
    t.equal(valid.code, 0)
    t.match(JSON.parse(valid.stdout), {
      schema: 'jetpack.validation/1',
      ok: true,
      tasks: 260,
      flaws: [],
      unreadable: [],
      unfinished: [],
    })
    const { counts } = JSON.parse((await jetpack(folder, 'status', '--json')).stdout) as {
      counts: Record<string, number>
    }
    t.equal(counts['in_progress'], 0, 'nobody works on what a dead session had')
    t.equal(counts['completed'], 75)
    const { rows } = JSON.parse(
      (await jetpack(folder, 'list', '--status', 'completed', '--json')).stdout,
    ) as { rows: { id: string }[] }
    const done = JSON.parse((await jetpack(folder, 'show', rows[0]?.id ?? '', '--json')).stdout) as {
      task: { result: { kind: string } }
    }
    t.equal(done.task.result.kind, 'imported')
    t.equal((await jetpack(folder, 'doctor')).code, 0)
    t.equal(
      await git(folder, 'rev-list', '--count', 'jetpack-tasks', '--', '.beads/tasks'),
      '1',
      'an import is one commit',
    )
    t.equal(await git(folder, 'status', '--porcelain'), '', 'git sees nothing of it')
  },
)

const bad = [
  '{"id":"a","title":"A","dependencies":["b"]}',
  '{"id":"b","title":"B","dependencies":["a"]}',
  '{"id":"../x","title":"C"}',
  '{"id":"A","title":"The same id"}',
  '{"id":"c","title":"\xff"}',
  '{"id":"d","title":"D","dependencies":["nobody"]}',
  '{"id":"e"}',
  '[1]',
  '{"id":"good","title":"Good"}',
]

t.test('each bad line is named with what is wrong and what to write', async t => {
  const folder = await repository(t)
  const file = join(folder, 'bad.jsonl')
  await writeFile(file, Buffer.from(`${bad.join('\n')}\n`, 'latin1'))
  const ended = await jetpack(folder, 'import', file, '--json')
  t.equal(ended.code, 1)
  const report = JSON.parse(ended.stdout) as {
    written: boolean
    bad: { line: number; why: string }[]
    graph: string[]
  }
  t.equal(report.written, false)
  t.strictSame(
    report.bad.map(each => each.line),
    [3, 4, 5, 7, 8],
  )
  const why = new Map(report.bad.map(each => [each.line, each.why]))
  t.match(why.get(3), /field "id" is "\.\.\/x", expected/)
  t.match(why.get(4), /id "A" is already taken by line 1/)
  t.match(why.get(5), /not valid UTF-8/)
  t.match(why.get(7), /field "title" is missing/)
  t.match(why.get(8), /expected an object/)
  t.strictSame(report.graph, [
    'task "d" depends on "nobody", which does not exist',
    'tasks wait for each other in a cycle: a → b → a',
  ])
  t.strictSame(await readdir(join(folder, '.beads/tasks')), [])
})

t.test('--dry-run writes nothing, not even to quarantine', async t => {
  const folder = await repository(t)
  const file = join(folder, 'bad.jsonl')
  await writeFile(file, Buffer.from(`${bad.join('\n')}\n`, 'latin1'))
  t.equal((await jetpack(folder, 'import', file, '--dry-run', '--partial')).code, 1)
  t.strictSame(await readdir(join(folder, '.beads/tasks')), [])
  t.notOk(existsSync(join(folder, '.git/jetpack/quarantine')))
  const good = join(folder, 'good.jsonl')
  await writeFile(good, `${bad.at(-1)}\n`)
  const ended = await jetpack(folder, 'import', good, '--dry-run')
  t.equal(ended.code, 0)
  t.match(ended.stdout, /^1 task could be imported from good\.jsonl; nothing was written\.$/m)
})

t.test('more than twenty bad lines are counted, not listed', async t => {
  const folder = await repository(t)
  const file = join(folder, 'rubbish.jsonl')
  await writeFile(file, 'rubbish\n'.repeat(1000))
  const ended = await jetpack(folder, 'import', file)
  t.equal(ended.code, 1)
  t.equal(ended.stderr.match(/^rubbish\.jsonl:\d+: /gm)?.length, 20)
  t.match(ended.stderr, /^… and 980 more bad lines$/m)
})

t.test('what is no file, no format or no backlog is refused', async t => {
  const folder = await repository(t)
  t.match(await jetpack(folder, 'import', 'nowhere.jsonl'), { code: 2, stderr: /there is no such file/ })
  t.match(await jetpack(folder, 'import', '.'), { code: 2, stderr: /it is a folder/ })
  t.match(await jetpack(folder, 'import', 'README.md', '--format', 'csv'), {
    code: 2,
    stderr: /Cannot import as "csv"/,
  })
  await writeFile(join(folder, 'empty.jsonl'), '\n\n')
  t.match(await jetpack(folder, 'import', 'empty.jsonl'), { code: 1, stderr: /there is no task in it/ })
})

t.test('the example backlog is taken whole, and again changes nothing', async t => {
  const folder = await repository(t)
  const file = join(packageRoot, 'examples/loan-system/tasks.jsonl')
  t.match(await jetpack(folder, 'import', file), { code: 0, stdout: /^277 tasks imported\.$/m })
  const tip = await git(folder, 'rev-parse', 'jetpack-tasks')
  t.match(await jetpack(folder, 'import', file), {
    code: 0,
    stdout: /^0 tasks imported, 277 were here already\.$/m,
  })
  t.equal(await git(folder, 'rev-parse', 'jetpack-tasks'), tip)
})
