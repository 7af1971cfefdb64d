// Asks the engine on behalf of one request, with a deadline, and gives up when the viewer has gone.
// Fastify's `handlerTimeout` and `request.signal` do not serve: on Node 20 a request with a body counts as closed as soon as
// the body is read, which aborts that signal and disarms that timer before the handler has begun.

import type { FastifyReply } from 'fastify'
import { JetpackError } from '../core/fault.js'

/** Longest time for an answer to a question, and to a command, which waits for the disk. */
export const answerLimits = { readMs: 10_000, commandMs: 60_000 } as const

/** Fails with `orchestrator_silent` after `ms`. An answer that comes later is dropped. */
export async function askEngine<T>(
  reply: FastifyReply,
  ms: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const control = new AbortController()
  const giveUp = (why: string) => control.abort(new JetpackError('orchestrator_silent', why, 'Ask again.'))
  const timer = setTimeout(() => giveUp(`The engine did not answer within ${ms} ms.`), ms)
  const viewerGone = () => giveUp('The viewer left before the answer was ready.')
  reply.raw.once('close', viewerGone)
  try {
    return await new Promise<T>((resolve, reject) => {
      control.signal.addEventListener('abort', () => reject(control.signal.reason), { once: true })
      ask(control.signal).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
    reply.raw.off('close', viewerGone)
  }
}
