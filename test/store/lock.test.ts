// One owner at a time, whoever dies how. Contenders are real processes.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { tryKernelLock } from '../../src/store/kernel-lock.js'
import { acquireLifetimeLock, isLockHeld, readLockOwner } from '../../src/store/lock.js'

const program = fileURLToPath(new URL('./lock-contender.js', import.meta.url))
const { signal } = new AbortController()

class Contender {
  readonly process: ChildProcess
  readonly #answers: AsyncIterator<string>

  constructor() {
    this.process = spawn('env', ['-i', `PATH=${process.env['PATH']}`, process.execPath, program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const lines: Interface = createInterface({ input: this.process.stdout as NodeJS.ReadableStream })
    this.#answers = lines[Symbol.asyncIterator]()
  }

  async ask(line: string): Promise<Record<string, unknown>> {
    this.process.stdin?.write(`${line}\n`)
    const answer = await this.#answers.next()
    if (answer.done === true) throw new Error(`A contender died when asked: ${line}`)
    return JSON.parse(answer.value)
  }

  async kill(): Promise<void> {
    const gone = new Promise(resolve => this.process.once('exit', resolve))
    this.process.kill('SIGKILL')
    await gone
  }
}

t.test(
  'six contenders, round after round: exactly one owner; after kill -9 of it exactly one heir',
  async t => {
    const folder = t.testdir({})
    const crew = Array.from({ length: 6 }, () => new Contender())
    t.teardown(() => Promise.all(crew.map(one => one.process.exitCode ?? one.process.kill('SIGKILL'))))
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(crew.map(one => one.ask(`try ${folder}`)))
      t.equal(answers.filter(answer => answer['got'] === true).length, 1)
      const loser = answers.find(answer => answer['got'] === false)
      const owner = answers.find(answer => answer['got'] === true)
      t.match(loser?.['message'], `is held by process ${owner?.['pid']} (started `)
      await Promise.all(crew.map(one => one.ask('release')))
    }
    const [holder, ...heirs] = crew
    if (holder === undefined) throw new Error('no holder')
    await holder.ask(`try ${folder}`)
    const { child } = await holder.ask('child')
    t.teardown(() => process.kill(Number(child), 'SIGKILL'))
    const waiting = new Map(
      heirs.map(heir => [heir, heir.ask(`try ${folder} 20000`).then(answer => ({ heir, answer }))]),
    )
    await holder.kill()
    // The heirs inherit one from the other; the lock must name the one that answered, and hold against everybody else.
    while (waiting.size > 0) {
      const { heir, answer } = await Promise.race(waiting.values())
      waiting.delete(heir)
      t.equal(answer['got'], true, 'although a child of the dead holder lives')
      const intruder = acquireLifetimeLock({
        lockFile: `${folder}/engine.lock`,
        visibleFolder: null,
        waitMs: 0,
        signal,
      })
      await t.rejects(intruder, {
        code: 'lock_held',
        message: `is held by process ${answer['pid']} (started `,
      })
      await heir.ask('release')
    }
  },
)

t.test('a lock that is given back is free, and a dead visible layer is in nobody’s way', async t => {
  const folder = t.testdir({ 'visible.lock': { junk: '' } })
  const lockFile = `${folder}/engine.lock`
  t.equal(await isLockHeld(lockFile), false)
  {
    await using lock = await acquireLifetimeLock({ lockFile, visibleFolder: folder, waitMs: 0, signal })
    t.ok(await lock.isIntact())
    t.ok(await isLockHeld(lockFile))
    t.equal((await readLockOwner(lockFile))?.pid, process.pid)
    t.notOk(existsSync(`${folder}/visible.lock/junk`))
    await t.rejects(
      acquireLifetimeLock({ lockFile, visibleFolder: null, waitMs: 0, signal, tools: ['perl'] }),
      {
        code: 'lock_held',
      },
    )
    rmSync(lockFile)
    t.notOk(await lock.isIntact(), 'a removed lock file guards nothing')
  }
  t.notOk(existsSync(`${folder}/visible.lock`))
  await using again = await acquireLifetimeLock({
    lockFile,
    visibleFolder: null,
    waitMs: 0,
    signal,
    tools: ['perl'],
  })
  t.ok(await again.isIntact())
  t.ok(await isLockHeld(lockFile))
})

t.test(
  'waiting for a lock ends with the signal, and without any lock program with a clear fault',
  async t => {
    const lockFile = `${t.testdir({})}/keeper.lock`
    await using _held = await acquireLifetimeLock({ lockFile, visibleFolder: null, waitMs: 0, signal })
    const stop = new AbortController()
    const waiting = acquireLifetimeLock({
      lockFile,
      visibleFolder: null,
      waitMs: 60_000,
      signal: stop.signal,
    })
    stop.abort(new Error('enough'))
    await t.rejects(waiting)
    await t.rejects(tryKernelLock(0, 'shared', signal, []), { code: 'spawn_failed' })
  },
)

t.test('a visible layer removed under us is told, thrown nowhere, and the kernel lock stays', async t => {
  const folder = t.testdir({})
  const lockFile = `${folder}/engine.lock`
  let told = (_why: string): void => undefined
  const compromised = new Promise<string>(resolve => {
    told = resolve
  })
  const onCompromised = (why: string): void => told(why)
  await using lock = await acquireLifetimeLock({
    lockFile,
    visibleFolder: folder,
    waitMs: 0,
    signal,
    onCompromised,
  })
  rmSync(`${folder}/visible.lock`, { recursive: true })
  // The layer looks after itself every five seconds, with a timer that keeps no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.match(await compromised, /ENOENT/)
  clearInterval(alive)
  t.ok(await lock.isIntact())
})
