import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { ViewEvent } from '../../src/core/wire/views.js'
import { EventStream, streamLimits } from '../../src/server/event-stream.js'
import { placeFor } from './served.js'

t.test('a viewer that takes nothing is cut off at the limit in bytes', async t => {
  const { response, viewer } = await openedStream(t)
  viewer.pause()
  const limits = { ...streamLimits, queueBytes: 100_000, queueEvents: 1_000_000 }
  using stream = new EventStream(response, limits)
  let most = 0
  for (let seq = 1; stream.push(event(seq, 'x'.repeat(10_000))); seq += 1) {
    most = Math.max(most, stream.waiting.bytes)
  }
  t.ok(response.destroyed)
  t.ok(most > 50_000 && most <= limits.queueBytes, `at most ${most} bytes waited`)
  t.notOk(stream.push(event(0, 'late')))
})

t.test('a viewer that takes nothing is cut off at the limit in events', async t => {
  const { response, viewer } = await openedStream(t)
  viewer.pause()
  using stream = new EventStream(response, { ...streamLimits, queueEvents: 20 })
  let taken = 0
  while (stream.push(event(taken, 'small'))) taken += 1
  // One place is taken by the greeting.
  t.equal(taken, 19)
  t.ok(response.destroyed)
})

t.test('one event may be larger than the queue when nothing else waits', async t => {
  const { response, viewer } = await openedStream(t)
  const text = 'y'.repeat(300_000)
  let received = ''
  viewer.on('data', bytes => {
    received += bytes
  })
  using stream = new EventStream(response, { ...streamLimits, queueBytes: 10_000 })
  while (stream.waiting.events > 0) await once(viewer, 'data')
  t.ok(stream.push(event(1, text)))
  while (!received.includes('yyy"}')) await once(viewer, 'data')
  t.match(received, /id: 3-1\nevent: announced\ndata: \{/)
  t.match(received, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(received, 'retry: 1000')
})

t.test('silence is filled with heartbeats', async t => {
  const { response, viewer } = await openedStream(t)
  let received = ''
  using stream = new EventStream(response, { ...streamLimits, heartbeatMs: 5 })
  while (received.split(': still here\n\n').length < 4) received += (await once(viewer, 'data')).join('')
  t.ok(stream.waiting.events <= 4)
})

t.test('a stream that ends cuts off a viewer that does not take the rest', async t => {
  const { response, viewer } = await openedStream(t)
  viewer.pause()
  const stream = new EventStream(response, { ...streamLimits, endMs: 20 })
  stream.push(event(1, 'z'.repeat(2_000_000)))
  const closed = once(response, 'close')
  stream[Symbol.dispose]()
  await closed
  t.notOk(response.writableFinished)
})

function event(seq: number, text: string): ViewEvent {
  return { kind: 'announced', epoch: 3, seq, at: '2026-01-01T00:00:00.000Z', level: 'info', text }
}

/** A real response over a real socket, and the viewer's end of it. */
async function openedStream(t: Test): Promise<{ response: ServerResponse; viewer: Socket }> {
  const { socketPath } = placeFor(t)
  const server = createServer()
  server.listen(socketPath)
  await once(server, 'listening')
  const viewer = connect(socketPath)
  viewer.on('error', () => {})
  t.teardown(() => {
    viewer.destroy()
    server.closeAllConnections()
    server.close()
  })
  const asked = once(server, 'request')
  viewer.write('GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n')
  const [, response] = await asked
  return { response, viewer }
}
