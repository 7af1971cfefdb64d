// `POST /v1/commands`: what a person or an agent asks for. It needs the token; a refused command is an answer (200 with
// `ok: false`), not an error: the request was understood. The same `requestId` may be sent twice; it is carried out once.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { JetpackError } from '../../core/fault.js'
import { commandBytes, parseCommandRequest } from '../../core/wire/check-command.js'
import { answerLimits, askEngine } from '../ask-engine.js'
import { Refusal } from '../error-reply.js'
import type { Serving } from '../serving.js'

export function commandRoutes(app: FastifyInstance, { engine, token }: Serving): void {
  const expected = digest(`Bearer ${token}`)
  app.post(
    '/v1/commands',
    {
      bodyLimit: commandBytes,
      // Before the body is read: who lacks the token does not get to fill our memory.
      onRequest: async (request, reply) => {
        if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
        reply.header('www-authenticate', 'Bearer')
        const hint =
          'Send "Authorization: Bearer TOKEN" with the content of the token file beside the socket.'
        throw new Refusal(401, 'command_refused', 'The command was refused: it lacks the right token.', hint)
      },
    },
    async (request, reply) => {
      const asked = parseCommandRequest(request.body)
      if ('flaw' in asked)
        throw new JetpackError('usage', asked.flaw, 'Correct the request and send it again.')
      return await askEngine(reply, answerLimits.commandMs, signal => engine.command(asked, signal))
    },
  )
}

// Of equal length whatever was sent, as the comparison wants it.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
