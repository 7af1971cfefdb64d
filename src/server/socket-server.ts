// The orchestrator's ear: one HTTP interface on a unix socket, for any number of viewers, none of which can harm the run.
// Everything that waits or grows has a limit here or in the routes; nothing is logged and nothing goes to stdout.

import fastify, { type FastifyInstance } from 'fastify'
import { JetpackError } from '../core/fault.js'
import type { Engine } from '../core/wire/engine.js'
import { replyErrorsAsJson } from './error-reply.js'
import { commandRoutes } from './routes/command-routes.js'
import { eventRoutes } from './routes/event-routes.js'
import { readingRoutes } from './routes/reading-routes.js'
import type { Serving } from './serving.js'
import { claimSocketPath, restrictSocket } from './socket-file.js'

export const serverLimits = {
  /** Connections at a time, streams included. */
  connections: 256,
  /** Time for a request to arrive whole, and for a connection without one to stay. */
  requestMs: 30_000,
  idleMs: 30_000,
  /** Time to finish answers when the server closes. */
  closeMs: 3_000,
  /** Largest body of a request other than a command. */
  bodyBytes: 65_536,
} as const

export interface ServeOptions {
  readonly engine: Engine
  /** As `socketAddress` gives it. The caller holds the engine lock. */
  readonly socketPath: string
  /** What commands must bring along. */
  readonly token: string
  /** Closes the server when aborted. */
  readonly signal: AbortSignal
  /** Told of bugs met while answering; the viewer is told in any case. */
  readonly onBug?: (error: unknown) => void
}

export interface SocketServer extends AsyncDisposable {
  readonly socketPath: string
  /** Viewers that watch: event streams that are open. */
  readonly viewers: number
  /** Settles when the server is closed, whoever closed it. */
  readonly closed: Promise<void>
}

/**
 * Listens once the promise settles. Fails with `already_running`, `repository_not_ours` or `usage` as `claimSocketPath` does.
 */
export async function serve(options: ServeOptions): Promise<SocketServer> {
  const { engine, socketPath, token, signal, onBug = () => {} } = options
  signal.throwIfAborted()
  const streams = new Set<AbortController>()
  let ending: Promise<void> | null = null
  const app = newServer({ engine, token, isClosing: () => ending !== null, streams, onBug })
  const closed = new Promise<void>(resolve => app.server.once('close', resolve))
  await listen(app, socketPath)
  // A failed accept (no file descriptors left) must not end the orchestrator.
  app.server.on('error', onBug)

  const close = (): Promise<void> => {
    signal.removeEventListener('abort', closeUnasked)
    ending ??= closeServer(app, streams)
    return ending
  }
  const closeUnasked = () => void close().catch(onBug)
  signal.addEventListener('abort', closeUnasked, { once: true })
  if (signal.aborted) closeUnasked()
  return {
    socketPath,
    closed,
    get viewers() {
      return streams.size
    },
    [Symbol.asyncDispose]: close,
  }
}

function newServer(serving: Serving): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: serverLimits.bodyBytes,
    requestTimeout: serverLimits.requestMs,
    keepAliveTimeout: serverLimits.idleMs,
    exposeHeadRoutes: false,
    // Answers under way are finished while closing; only new requests find nobody.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // Long enough that an id that is too long reaches the check that says so.
    routerOptions: { maxParamLength: 1_000 },
    // A parameter that nobody knows is a mistake to be told of, not to be dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true } },
  })
  app.server.maxConnections = serverLimits.connections
  replyErrorsAsJson(app, serving.onBug)
  readingRoutes(app, serving)
  eventRoutes(app, serving)
  commandRoutes(app, serving)
  return app
}

async function listen(app: FastifyInstance, socketPath: string): Promise<void> {
  await claimSocketPath(socketPath)
  try {
    await app.listen({ path: socketPath })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    // Somebody was quicker between our knock and now.
    const message = `Cannot listen on "${socketPath}": another orchestrator has just begun to.`
    throw new JetpackError('already_running', message, 'Attach to it, or stop it first.', error)
  }
  await restrictSocket(socketPath)
}

// Streams end at once, other answers have until the deadline. The system removes the socket file with the listener.
async function closeServer(app: FastifyInstance, streams: ReadonlySet<AbortController>): Promise<void> {
  for (const stream of streams) stream.abort()
  const timer = setTimeout(() => app.server.closeAllConnections(), serverLimits.closeMs)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}
