// The doctor finds what is wrong, and nothing where all is well.

import { spawn } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { git, jetpack, repository } from './rig.js'

interface Report {
  readonly ok: boolean
  readonly checks: readonly {
    readonly name: string
    readonly state: string
    readonly text: string
    readonly remedy: string | null
  }[]
}

async function examine(folder: string): Promise<{ code: number; report: Report }> {
  const { code, stdout } = await jetpack(folder, 'doctor', '--json')
  return { code, report: JSON.parse(stdout) as Report }
}

function states({ report }: { report: Report }, state: string): string[] {
  return report.checks.filter(check => check.state === state).map(check => check.name)
}

t.test('a repository after a small night', async t => {
  const folder = await repository(t)
  const agents = [{ executor: 'command', command: 'cat > "$JETPACK_TASK.md"' }]
  await writeFile(join(folder, 'jetpack.config.json'), JSON.stringify({ agents }))
  await jetpack(folder, 'add', 'First', '--id', 'A')
  t.equal((await jetpack(folder, 'run', '--headless')).code, 0)
  const file = join(folder, '.beads/tasks/A.json')
  const whole = await readFile(file, 'utf8')

  await t.test('is well', async t => {
    const found = await examine(folder)
    t.equal(found.code, 0)
    t.match(found.report, { schema: 'jetpack.doctor/1', ok: true })
    t.strictSame([...states(found, 'red'), ...states(found, 'warning')], [])
  })

  await t.test('a task file that is gone is red', async t => {
    await rename(file, `${file}.gone`)
    const found = await examine(folder)
    t.equal(found.code, 1)
    t.strictSame(states(found, 'red'), ['task branch'])
    await rename(`${file}.gone`, file)
  })

  await t.test('a hand edit that nobody has taken in is a warning', async t => {
    await writeFile(file, whole.replace('"First"', '"First of all"'))
    const found = await examine(folder)
    t.equal(found.code, 0)
    t.strictSame(states(found, 'warning'), ['task branch'])
    await writeFile(file, whole)
  })

  await t.test('landed work whose commit is not on the landing ref is red', async t => {
    const foreign = await git(folder, 'rev-parse', 'jetpack-tasks')
    const task = JSON.parse(whole) as { result: { commit: string } }
    await writeFile(file, whole.replaceAll(task.result.commit, foreign))
    t.ok(states(await examine(folder), 'red').includes('landed work'))
    await writeFile(file, whole)
  })

  await t.test('a process that outlived its attempt is red', async t => {
    const { mark } = (JSON.parse(whole) as { attempts: [{ mark: string }] }).attempts[0]
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { JETPACK_MARK: mark },
    })
    t.teardown(() => child.kill('SIGKILL'))
    await new Promise(resolve => child.once('spawn', resolve))
    const found = await examine(folder)
    t.strictSame(states(found, 'red'), ['processes'])
    t.match(
      found.report.checks.find(check => check.name === 'processes')?.text,
      new RegExp(`process ${child.pid} of A, attempt 1`),
    )
  })

  await t.test('what a killed writer left is a warning', async t => {
    await writeFile(`${file}.123456`, '{')
    const found = await examine(folder)
    t.equal(found.code, 0)
    t.strictSame(states(found, 'warning'), ['leftovers'])
  })
})
