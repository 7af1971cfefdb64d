import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { backOffMs, followEvents, reconnect } from '../../src/link/follow.js'
import { connect } from '../../src/link/socket-engine.js'
import { serve } from '../../src/server/socket-server.js'
import { MemoryEngine } from '../server/memory-engine.js'
import { never, placeFor, served, token } from '../server/served.js'

t.test('a killed orchestrator shows as down, its successor on the same path as up', async t => {
  const place = placeFor(t)
  const child = await serving(t, place.socketPath, 3)
  const control = new AbortController()
  const followed = followEvents(connect(place), control.signal)
  t.match(await take(followed, 2), [
    { kind: 'link', state: 'up', sinceMs: Number },
    { kind: 'hello', epoch: 3 },
  ])
  const down = take(followed, 1)
  child.kill('SIGKILL')
  t.match(await down, [{ kind: 'link', state: 'down', sinceMs: Number }])

  t.ok(existsSync(place.socketPath), 'the dead one left its socket file')
  const up = take(followed, 2)
  const engine = new MemoryEngine(4)
  engine.seq = 1
  await using server = await serve({ engine, socketPath: place.socketPath, token, signal: never })
  t.match(await up, [
    { kind: 'link', state: 'up' },
    { kind: 'hello', epoch: 4, seq: 1 },
  ])
  t.equal(server.viewers, 1)
  const ended = followed.next()
  control.abort()
  t.equal((await ended).done, true)
})

t.test('events of a link end, without a fault, when the orchestrator is killed', async t => {
  const place = placeFor(t)
  const child = await serving(t, place.socketPath, 3)
  const events = connect(place).events(never)
  t.match((await events.next()).value, { kind: 'hello' })
  const ended = events.next()
  child.kill('SIGKILL')
  t.strictSame(await ended, { done: true, value: undefined })
})

t.test('who follows before there is anybody is told so once, and an abort ends the wait', async t => {
  const control = new AbortController()
  const followed = followEvents(connect(placeFor(t)), control.signal)
  t.match(await take(followed, 1), [{ kind: 'link', state: 'down' }])
  const ended = followed.next()
  control.abort()
  t.equal((await ended).done, true)
})

t.test('who stops following leaves no stream behind', async t => {
  const engine = new MemoryEngine()
  const { link, server } = await served(t, engine)
  const followed = followEvents(link, never)
  await take(followed, 2)
  t.equal(server.viewers, 1)
  await followed.return()
  await server[Symbol.asyncDispose]()
  t.equal(engine.listeners, 0)
})

t.test('waits grow from a quarter of a second to five and are spread', async t => {
  t.equal(backOffMs(0, 0.999_999) <= reconnect.firstMs, true)
  t.equal(backOffMs(0, 0), reconnect.firstMs / 2)
  t.equal(backOffMs(2, 0), reconnect.firstMs * 2)
  t.equal(backOffMs(1_000_000, 0), reconnect.mostMs / 2)
})

async function take<T>(from: AsyncGenerator<T, void>, count: number): Promise<T[]> {
  const taken: T[] = []
  while (taken.length < count) {
    const { done, value } = await from.next()
    if (done === true) break
    taken.push(value)
  }
  return taken
}

async function serving(t: Test, socketPath: string, epoch: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('serve-until-killed.js', import.meta.url))
  const child = spawn(process.execPath, [script, socketPath, token, String(epoch)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}
