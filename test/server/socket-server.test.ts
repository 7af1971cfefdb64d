import { once } from 'node:events'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { connect as connectSocket, createServer } from 'node:net'
import { dirname } from 'node:path'
import t from 'tap'
import { commandBytes } from '../../src/core/wire/check-command.js'
import { streamCount } from '../../src/server/routes/event-routes.js'
import { serve } from '../../src/server/socket-server.js'
import { MemoryEngine } from './memory-engine.js'
import { never, placeFor, served, token } from './served.js'

t.test('the socket and its folder are for this user only', async t => {
  const { socketPath } = await served(t, new MemoryEngine())
  t.equal(statSync(socketPath).mode & 0o777, 0o600)
  t.equal(statSync(dirname(socketPath)).mode & 0o777, 0o700)
})

t.test('a question with a wrong parameter is refused with its name', async t => {
  const { socketPath } = await served(t, new MemoryEngine())
  const refused = [
    ['/v1/tasks?count=many', /querystring\/count must be integer/],
    ['/v1/tasks?count=10001', /querystring\/count must be <= 10000/],
    ['/v1/tasks?count=1&count=2', /querystring\/count must be integer/],
    ['/v1/tasks?offset=-1', /querystring\/offset must be >= 0/],
    ['/v1/tasks?sort=beauty', /querystring\/sort must be equal to one of/],
    ['/v1/tasks?fliter=x', /querystring must NOT have additional properties/],
    [`/v1/tasks?filter=${'x'.repeat(1001)}`, /querystring\/filter must NOT have more than 1000/],
    ['/v1/attempts/E1-T1/0/log', /params\/n must match pattern/],
    ['/v1/attempts/E1-T1/last/log?from=1.5', /querystring\/from must be integer/],
  ] as const
  for (const [path, message] of refused) {
    const { status, body } = await ask(socketPath, { path })
    t.equal(status, 400, path)
    t.match(JSON.parse(body), { error: { code: 'usage', message, hint: null } }, path)
  }
})

t.test('a question without parameters gets the defaults', async t => {
  const { socketPath } = await served(t, new MemoryEngine())
  const { status, body } = await ask(socketPath, { path: '/v1/tasks' })
  t.equal(status, 200)
  t.match(JSON.parse(body), { total: 3, matching: 3, offset: 0 })
})

t.test('what is not there is said in the same form', async t => {
  const { socketPath } = await served(t, new MemoryEngine())
  const id = 'x'.repeat(200)
  for (const path of [
    '/v1/tasks/E9',
    `/v1/tasks/${id}`,
    '/v1/tasks/..%2F..%2Fpasswd',
    '/v1/attempts/a%00b/1/log',
  ]) {
    const { status, body } = await ask(socketPath, { path })
    t.equal(status, 404, path)
    t.equal(JSON.parse(body).error.code, 'task_unknown', path)
  }
  const { status, body } = await ask(socketPath, { path: '/v2/everything' })
  t.equal(status, 404)
  t.equal(JSON.parse(body).error.code, 'usage')
})

t.test('a bug in the engine costs one answer, is reported, and the next question is answered', async t => {
  const engine = new MemoryEngine()
  engine.task = async () => {
    throw new TypeError('x is not a function')
  }
  const { socketPath, bugs } = await served(t, engine)
  const { status, body } = await ask(socketPath, { path: '/v1/tasks/E1-T1' })
  t.equal(status, 500)
  t.match(JSON.parse(body), { error: { code: 'internal', message: /x is not a function/ } })
  t.match(bugs, [TypeError])
  t.equal((await ask(socketPath, { path: '/v1/status' })).status, 200)
})

t.test('a command without the token, or with a wrong one, never reaches the engine', async t => {
  const engine = new MemoryEngine()
  const { socketPath } = await served(t, engine)
  for (const authorization of [undefined, '', 'Bearer', `Bearer ${token}x`, `Basic ${token}`]) {
    const { status, body } = await post(socketPath, order('pause', {}), authorization)
    t.equal(status, 401, String(authorization))
    t.equal(JSON.parse(body).error.code, 'command_refused')
  }
  t.strictSame(engine.commands, [])
})

t.test('a command that is none is refused with what is wrong', async t => {
  const engine = new MemoryEngine()
  const { socketPath } = await served(t, engine)
  const bodies = [
    '{"name":"fly","by":"ada","requestId":"r"}',
    '{"name":',
    '[]',
    '{"__proto__":{"name":"pause"}}',
  ]
  for (const body of bodies) {
    const reply = await post(socketPath, body, `Bearer ${token}`)
    t.equal(reply.status, 400, body)
    t.equal(JSON.parse(reply.body).error.code, 'usage', body)
  }
  t.strictSame(engine.commands, [])
})

t.test('a command larger than the limit is refused by its announced length', async t => {
  const { socketPath } = await served(t, new MemoryEngine())
  const headers = { 'content-length': String(commandBytes + 1), ...jsonHeaders(`Bearer ${token}`) }
  const { status, body } = await ask(socketPath, { path: '/v1/commands', method: 'POST', headers }, 'x')
  t.equal(status, 413)
  t.equal(JSON.parse(body).error.code, 'usage')
})

t.test('more viewers than the limit are told so', async t => {
  const { socketPath, server } = await served(t, new MemoryEngine())
  for (let i = 0; i < streamCount; i += 1) (await open(socketPath, { path: '/v1/events' })).resume()
  t.equal(server.viewers, streamCount)
  const { status, body } = await ask(socketPath, { path: '/v1/events' })
  t.equal(status, 503)
  t.match(JSON.parse(body).error, { code: 'command_refused', message: '32 viewers are watching already.' })
})

t.test('closing ends the streams, finishes the answer under way and removes the socket file', async t => {
  const engine = new MemoryEngine()
  let finish = () => {}
  const asked = new Promise<void>(reached => {
    engine.command = async ({ requestId }) => {
      reached()
      await new Promise<void>(resolve => {
        finish = resolve
      })
      return { ok: true, requestId, message: 'Done.', ids: [] }
    }
  })
  const { socketPath, server } = await served(t, engine)
  const stream = await open(socketPath, { path: '/v1/events' })
  const ended = once(stream.resume(), 'end')
  const reply = post(socketPath, order('stop', { now: false }), `Bearer ${token}`)
  await asked
  const closing = server[Symbol.asyncDispose]()
  await ended
  finish()
  t.equal((await reply).status, 200)
  await closing
  await server.closed
  t.equal(engine.listeners, 0)
  t.throws(() => statSync(socketPath), { code: 'ENOENT' })
})

t.test(
  'closing does not wait for a viewer that takes nothing, nor for an engine that does not answer',
  async t => {
    const engine = new MemoryEngine()
    engine.status = () => new Promise(() => {})
    const { socketPath, server } = await served(t, engine)
    const stalled = connectSocket(socketPath)
    stalled.on('error', () => {})
    stalled.pause()
    stalled.write('GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n')
    const unanswered = ask(socketPath, { path: '/v1/status' }).catch(error => error.code)
    ;(await open(socketPath, { path: '/v1/events' })).resume()
    engine.announce('x'.repeat(3_000_000))
    const before = performance.now()
    await server[Symbol.asyncDispose]()
    t.ok(performance.now() - before < 6_000)
    t.equal(await unanswered, 'ECONNRESET')
    stalled.destroy()
  },
)

t.test('an aborted signal closes the server', async t => {
  const place = placeFor(t)
  const control = new AbortController()
  const server = await serve({
    engine: new MemoryEngine(),
    socketPath: place.socketPath,
    token,
    signal: control.signal,
  })
  control.abort()
  await server.closed
  await t.rejects(ask(place.socketPath, { path: '/v1/status' }), { code: 'ENOENT' })
})

t.test('a living socket is not stolen, not even from a holder that does not answer', async t => {
  const { socketPath } = await served(t, new MemoryEngine(5))
  const options = { engine: new MemoryEngine(6), socketPath, token, signal: never }
  await t.rejects(serve(options), { code: 'already_running' })
  t.equal(JSON.parse((await ask(socketPath, { path: '/v1/status' })).body).epoch, 5)

  const silentPath = placeFor(t).socketPath
  const silent = createServer()
  silent.listen(silentPath)
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  await t.rejects(serve({ ...options, socketPath: silentPath }), { code: 'already_running' })
})

t.test('what is not a socket is left alone', async t => {
  const { socketPath } = placeFor(t)
  mkdirSync(dirname(socketPath), { recursive: true })
  writeFileSync(socketPath, 'a letter')
  const options = { engine: new MemoryEngine(), socketPath, token, signal: never }
  await t.rejects(serve(options), { code: 'usage', message: /not a socket/ })
  t.equal(statSync(socketPath).size, 8)
})

t.test('a path that the system would cut off is refused', async t => {
  const socketPath = `${t.testdir()}/${'long/'.repeat(30)}sock`
  const options = { engine: new MemoryEngine(), socketPath, token, signal: never }
  await t.rejects(serve(options), { code: 'usage', message: /longer than 100 bytes/ })
})

t.test('a folder that others may read is closed to them', async t => {
  const { socketPath } = placeFor(t)
  chmodSync(dirname(socketPath), 0o755)
  await using server = await serve({ engine: new MemoryEngine(), socketPath, token, signal: never })
  t.equal(statSync(dirname(server.socketPath)).mode & 0o777, 0o700)
})

function order(name: string, args: object): string {
  return JSON.stringify({ name, args, by: 'ada', requestId: 'r-1' })
}

function jsonHeaders(authorization: string | undefined): Record<string, string> {
  const json = { 'content-type': 'application/json' }
  return authorization === undefined ? json : { ...json, authorization }
}

function post(socketPath: string, body: string, authorization: string | undefined): Promise<Answer> {
  return ask(socketPath, { path: '/v1/commands', method: 'POST', headers: jsonHeaders(authorization) }, body)
}

interface Answer {
  readonly status: number
  readonly body: string
}

async function ask(socketPath: string, options: RequestOptions, body?: string): Promise<Answer> {
  const response = await open(socketPath, options, body)
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode ?? 0, body: text }
}

function open(socketPath: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, agent: false, ...options }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}
