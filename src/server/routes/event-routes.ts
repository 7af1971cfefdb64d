// `GET /v1/events`: what changes, as it changes. The stream begins with `hello` and the number it stands at. Nothing is
// kept for viewers that were away: one whose Last-Event-ID differs from the id of `hello` has missed something and asks anew.

import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { JetpackError } from '../../core/fault.js'
import { Refusal } from '../error-reply.js'
import { EventStream } from '../event-stream.js'
import type { Serving } from '../serving.js'

/** Most viewers that watch at the same time. */
export const streamCount = 32

export function eventRoutes(app: FastifyInstance, serving: Serving): void {
  app.get('/v1/events', (_request, reply) => {
    if (serving.isClosing()) {
      throw new JetpackError('not_running', 'The orchestrator is ending.', 'Connect again in a moment.')
    }
    if (serving.streams.size >= streamCount) {
      const hint = 'Close a viewer that is not needed.'
      throw new Refusal(503, 'command_refused', `${streamCount} viewers are watching already.`, hint)
    }
    reply.hijack()
    streamTo(reply.raw, serving).catch(serving.onBug)
  })
}

async function streamTo(response: ServerResponse, serving: Serving): Promise<void> {
  const { engine, streams } = serving
  const control = new AbortController()
  response.once('close', () => control.abort())
  streams.add(control)
  using stream = new EventStream(response)
  try {
    for await (const event of engine.events(control.signal)) {
      if (!stream.push(event)) break
    }
  } finally {
    control.abort()
    streams.delete(control)
  }
}
