import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket, connect as toSocket } from 'node:net'
import t, { type Test } from 'tap'
import type { CommandRequest } from '../../src/core/messages/commands.js'
import type { ViewEvent } from '../../src/core/wire/views.js'
import { isAnswering } from '../../src/link/http-exchange.js'
import { connect } from '../../src/link/socket-engine.js'
import { MemoryEngine } from '../server/memory-engine.js'
import { never, type Place, placeFor, served } from '../server/served.js'

t.test('every question arrives as it was asked and every answer as it was given', async t => {
  const engine = new MemoryEngine()
  const { link } = await served(t, engine)
  const query = { filter: 'T2 – ü ✓', sort: 'id', offset: 0, count: 10 } as const
  t.strictSame(await link.status(never), await engine.status(never))
  t.strictSame(await link.tasks(query, never), await engine.tasks(query, never))
  t.strictSame(await link.tasks({ ...query, filter: '', offset: 1, count: 1 }, never), {
    ...(await engine.tasks({ ...query, filter: '', offset: 1, count: 1 }, never)),
  })
  t.strictSame(await link.task('E1-T1', never), await engine.task('E1-T1', never))
  t.strictSame(await link.log('E1-T1', null, 0, never), await engine.log('E1-T1', null, 0, never))
  t.match(await link.log('E1-T1', 2, -6, never), { from: 8, next: 14, text: 'three\n' })
})

t.test('a command arrives whole, and a refusal is an answer', async t => {
  const engine = new MemoryEngine()
  const { link } = await served(t, engine)
  const add: CommandRequest = {
    command: {
      name: 'add',
      args: { task: { id: 'N', title: 'New ✓', metadata: { deep: [1, { x: null }] } } },
    },
    by: 'tui:ada',
    requestId: 'r-1',
  }
  t.match(await link.command(add, never), { ok: true, requestId: 'r-1', ids: ['E1-T1'] })
  const kill: CommandRequest = { ...add, command: { name: 'kill', args: { ids: ['E1-T1'] } } }
  t.match(await link.command(kill, never), { ok: false, code: 'refused', hint: 'Look at it first.' })
  t.strictSame(engine.commands, [add, kill])
})

t.test('a fault keeps its code, its words and its hint', async t => {
  const { link } = await served(t, new MemoryEngine())
  const expected = { code: 'task_unknown', message: 'There is no task "E9".', hint: 'Try E1-T1.' }
  await t.rejects(link.task('E9', never), expected)
  await t.rejects(link.task('../secret', never), { code: 'task_unknown' })
  await t.rejects(link.tasks({ filter: '', sort: 'id', offset: 0, count: -1 }, never), { code: 'usage' })
})

t.test('a wrong token is refused, a missing one is told; looking needs none', async t => {
  const { link, tokenFile } = await served(t, new MemoryEngine())
  writeFileSync(tokenFile, 'another-token')
  await t.rejects(link.command(pause, never), { code: 'command_refused', message: /lacks the right token/ })
  writeFileSync(tokenFile, 'two\nwords')
  await t.rejects(link.command(pause, never), { code: 'command_refused', message: /does not hold one word/ })
  rmSync(tokenFile)
  await t.rejects(link.command(pause, never), { code: 'not_running' })
  t.equal((await link.status(never)).epoch, 3)
})

t.test('where nobody listens it says not_running', async t => {
  const link = connect(placeFor(t))
  await t.rejects(link.status(never), { code: 'not_running', hint: /jetpack run/ })
  await t.rejects(link.command(pause, never), { code: 'not_running' })
  await t.rejects(link.events(never).next(), { code: 'not_running' })
})

t.test('what hangs is orchestrator_silent after the deadline, and an abort ends it at once', async t => {
  const engine = new MemoryEngine()
  engine.status = () => new Promise(() => {})
  engine.command = () => new Promise(() => {})
  const { link, socketPath } = await served(t, engine, { readMs: 50, commandMs: 50 })
  await t.rejects(link.status(never), { code: 'orchestrator_silent', message: /within 50 ms/ })
  await t.rejects(link.command(pause, never), { code: 'orchestrator_silent' })
  t.equal(await isAnswering(socketPath, 50), false)

  const patient = connect({ socketPath, tokenFile: 'none' })
  const control = new AbortController()
  const asked = patient.status(control.signal)
  control.abort(new Error('changed my mind'))
  await t.rejects(asked, { message: 'changed my mind' })
  await t.rejects(patient.status(control.signal), { message: 'changed my mind' })
})

t.test('rubbish in answers is reply_invalid', async t => {
  const cases = [
    [http('200 OK', '{"schema":'), 'reply_invalid', /is not JSON/],
    [http('200 OK', '{"schema":"jetpack.status/9"}'), 'reply_invalid', /of schema "jetpack.status\/9"/],
    [http('200 OK', 'null'), 'reply_invalid', /of schema/],
    [http('500 Oops', '{"error":{"code":"internal","message":"A bug."}}'), 'reply_invalid', /says: A bug/],
    [http('500 Oops', '[]'), 'reply_invalid', /has status 500 and says nothing/],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'reply_invalid', /does not speak HTTP/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"sch', 'orchestrator_silent', /the link broke/],
  ] as const
  for (const [bytes, code, message] of cases) {
    const place = await speaker(t, bytes)
    await t.rejects(connect(place).status(never), { code, message }, bytes)
  }
})

t.test('a kept connection that the orchestrator has closed is not taken for its death', async t => {
  const place = placeFor(t)
  const answer = http('200 OK', JSON.stringify(await new MemoryEngine().status(never)))
  let asked = 0
  const server = createServer(socket => {
    // Answers once on each connection and hangs up when asked again.
    socket.once('data', () => {
      asked += 1
      socket.write(answer)
      socket.once('data', () => socket.destroy())
    })
  })
  server.listen(place.socketPath)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const link = connect(place)
  t.teardown(() => link[Symbol.dispose]())
  await link.status(never)
  await link.status(never)
  t.equal(asked, 2)
})

t.test('events come in order to every viewer, after a hello of its own', async t => {
  const engine = new MemoryEngine()
  const { link, server } = await served(t, engine)
  const control = new AbortController()
  const one = link.events(control.signal)
  const two = link.events(control.signal)
  t.strictSame((await one.next()).value, { kind: 'hello', epoch: 3, seq: 7 })
  const first = engine.announce('first\n\ndata: forged ✓')
  t.strictSame((await two.next()).value, { kind: 'hello', epoch: 3, seq: 8 })
  const second = engine.announce('second')
  t.strictSame([(await one.next()).value, (await one.next()).value], [first, second])
  t.strictSame((await two.next()).value, second)
  t.equal(server.viewers, 2)

  await one.return()
  const third = engine.announce('third')
  t.strictSame((await two.next()).value, third)
  const ended = two.next()
  control.abort()
  t.strictSame(await ended, { done: true, value: undefined })
})

t.test('a stalled viewer is dropped with little in its queue while another gets everything', async t => {
  const engine = new MemoryEngine()
  const { link, server, socketPath } = await served(t, engine)
  const stalled = toSocket(socketPath)
  stalled.on('error', () => {})
  stalled.pause()
  const control = new AbortController()
  const healthy = link.events(control.signal)
  await healthy.next()
  stalled.write('GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n')
  let sentBytes = 0
  let sent = 0
  const text = 'x'.repeat(16_000)
  while (server.viewers < 2) await healthyNext(engine, healthy, 'waiting for the other')
  while (server.viewers === 2 && sentBytes < 50_000_000) {
    t.equal((await healthyNext(engine, healthy, text)).seq, engine.seq)
    sentBytes += text.length
    sent += 1
  }
  // What the kernel takes in comes on top of our own limit of 1 MiB.
  t.ok(sentBytes < 4_000_000, `dropped after ${sentBytes} bytes in ${sent} events`)
  t.equal(server.viewers, 1)
  await healthyNext(engine, healthy, 'still here')
  const closed = once(stalled, 'close')
  stalled.resume()
  await closed
  control.abort()
})

t.test('a broken event is a fault, an unknown kind is passed over', async t => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'
  const hello = 'event: hello\ndata: {"kind":"hello","epoch":1,"seq":1}\n\n'
  const place = await speaker(
    t,
    `${head}event: news\ndata: x\n\n${hello}event: changed\ndata: {"kind":"hello"}\n\n`,
  )
  const events = connect(place).events(never)
  t.strictSame((await events.next()).value, { kind: 'hello', epoch: 1, seq: 1 })
  await t.rejects(events.next(), { code: 'reply_invalid', message: /a broken "changed" event/ })
})

t.test('isAnswering tells the living from the dead', async t => {
  const { socketPath, server } = await served(t, new MemoryEngine())
  t.equal(await isAnswering(socketPath, 5_000), true)
  await server[Symbol.asyncDispose]()
  t.notOk(existsSync(socketPath))
  t.equal(await isAnswering(socketPath, 5_000), false)
})

const pause: CommandRequest = { command: { name: 'pause', args: {} }, by: 'ada', requestId: 'r-1' }

async function healthyNext(
  engine: MemoryEngine,
  events: AsyncGenerator<ViewEvent, void>,
  text: string,
): Promise<ViewEvent> {
  engine.announce(text)
  const { value } = await events.next()
  if (value === undefined) throw new Error('The healthy viewer was cut off.')
  return value
}

function http(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Says `bytes` to whoever asks anything, and hangs up. */
async function speaker(t: Test, bytes: string): Promise<Place> {
  const place = placeFor(t)
  const server = createServer((socket: Socket) => {
    socket.once('data', () => socket.end(bytes))
    socket.on('error', () => {})
  })
  server.listen(place.socketPath)
  await once(server, 'listening')
  t.teardown(() => server.close())
  return place
}
