// The engine as viewers have it: every question and command goes over the orchestrator's socket. It keeps nothing but a few
// connections, and whatever happens to the orchestrator comes out as a fault with a code.

import { Agent, type IncomingMessage } from 'node:http'
import { JetpackError } from '../core/fault.js'
import type { CommandReply, CommandRequest } from '../core/messages/commands.js'
import type { TaskId } from '../core/model/task.js'
import { commandBytes } from '../core/wire/check-command.js'
import type { Engine } from '../core/wire/engine.js'
import type { LogChunk, StatusView, TaskDetail, TaskPage, TaskQuery, ViewEvent } from '../core/wire/views.js'
import { EventParser } from './event-parser.js'
import { type Ask, exchange, openStream } from './http-exchange.js'
import { fieldOf, replyInvalid } from './link-fault.js'
import { readToken } from './token.js'
import { viewEventOf } from './view-event.js'

export const linkLimits = {
  /** Longest wait for an answer to a question, and to a command, which waits for the disk. */
  readMs: 5_000,
  commandMs: 60_000,
  /** An event stream that says nothing for so long is broken: the server speaks every 10 s. */
  silenceMs: 30_000,
  connections: 8,
} as const

export interface LinkOptions {
  /** As `socketAddress` gives it. */
  readonly socketPath: string
  /** Read only when a command is sent. */
  readonly tokenFile: string
  readonly readMs?: number
  readonly commandMs?: number
}

/** Opens nothing yet: a missing orchestrator shows with the first question, as `not_running`. */
export function connect(options: LinkOptions): SocketEngine {
  return new SocketEngine(options)
}

export class SocketEngine implements Engine, Disposable {
  readonly #options: LinkOptions
  readonly #agent = new Agent({ keepAlive: true, maxSockets: linkLimits.connections })

  constructor(options: LinkOptions) {
    this.#options = options
  }

  async status(signal: AbortSignal): Promise<StatusView> {
    const what = 'asking for the status'
    return expectSchema(await this.#get('/v1/status', what, signal), 'jetpack.status/1', what)
  }

  async tasks(query: TaskQuery, signal: AbortSignal): Promise<TaskPage> {
    const what = 'asking for the tasks'
    const { filter, sort, offset, count } = query
    const words = new URLSearchParams({ filter, sort, offset: String(offset), count: String(count) })
    return expectSchema(await this.#get(`/v1/tasks?${words}`, what, signal), 'jetpack.tasks/1', what)
  }

  async task(id: TaskId, signal: AbortSignal): Promise<TaskDetail> {
    const what = 'asking for a task'
    const reply = await this.#get(`/v1/tasks/${encodeURIComponent(id)}`, what, signal)
    return expectSchema(reply, 'jetpack.task-detail/1', what)
  }

  async log(id: TaskId, attempt: number | null, from: number, signal: AbortSignal): Promise<LogChunk> {
    const what = 'asking for the output of an attempt'
    const path = `/v1/attempts/${encodeURIComponent(id)}/${attempt ?? 'last'}/log?from=${from}`
    return expectSchema(await this.#get(path, what, signal), 'jetpack.log/1', what)
  }

  async command(request: CommandRequest, signal: AbortSignal): Promise<CommandReply> {
    const what = `sending the command "${request.command.name}"`
    const { socketPath, tokenFile, commandMs = linkLimits.commandMs } = this.#options
    const token = await readToken(tokenFile, socketPath, what)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify(request)
    if (Buffer.byteLength(body) > commandBytes) {
      const message = `Failed ${what}: it takes more than ${commandBytes} bytes.`
      throw new JetpackError('usage', message, 'Import the tasks in several parts.')
    }
    // A fresh connection: what a kept one broke off would have to be sent twice.
    const ask: Ask = { ...this.#ask('/v1/commands', what), agent: false, method: 'POST', headers, body }
    return asCommandReply(await exchange({ ...ask, deadlineMs: commandMs }, signal), what)
  }

  /**
   * Fails only when the stream cannot be opened (as the other questions do) or when it holds what is no event; ends when it
   * breaks. A consumer that is too slow is cut off by the server and gets the end, too.
   */
  async *events(signal: AbortSignal): AsyncGenerator<ViewEvent, void> {
    if (signal.aborted) return
    const what = 'watching the events'
    // A connection of its own: a stream never gives it back.
    const ask: Ask = {
      ...this.#ask('/v1/events', what),
      agent: false,
      headers: { accept: 'text/event-stream' },
    }
    const response = await openStream(ask, signal)
    const pieces = response[Symbol.asyncIterator]()
    const parser = new EventParser()
    const stop = () => response.destroy()
    signal.addEventListener('abort', stop, { once: true })
    try {
      for (;;) {
        const bytes = signal.aborted ? null : await nextBytes(response, pieces)
        if (bytes === null) return
        for (const streamed of parser.push(bytes)) {
          const event = viewEventOf(streamed, what)
          if (event !== null) yield event
          if (signal.aborted) return
        }
      }
    } finally {
      signal.removeEventListener('abort', stop)
      response.destroy()
    }
  }

  /** Closes the connections that are kept; streams end with their own signal. */
  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  async #get(path: string, what: string, signal: AbortSignal): Promise<unknown> {
    return await exchange(this.#ask(path, what), signal)
  }

  #ask(path: string, what: string): Ask {
    const { socketPath, readMs = linkLimits.readMs } = this.#options
    return {
      socketPath,
      agent: this.#agent,
      method: 'GET',
      path,
      headers: {},
      body: null,
      what,
      deadlineMs: readMs,
    }
  }
}

// The timer runs only while we wait for the orchestrator: a consumer that takes its time is not the orchestrator's silence.
async function nextBytes(response: IncomingMessage, pieces: AsyncIterator<Buffer>): Promise<Buffer | null> {
  const timer = setTimeout(() => response.destroy(), linkLimits.silenceMs)
  try {
    const { done, value } = await pieces.next()
    return done === true ? null : value
  } catch {
    // A body that has begun fails in one way only: the link broke, here or there. That is the end of the stream.
    return null
  } finally {
    clearTimeout(timer)
  }
}

// The views are made by the same core on the other side; the schema's name tells whether it is the same version.
function expectSchema<T extends { readonly schema: string }>(
  body: unknown,
  schema: T['schema'],
  what: string,
): T {
  const found = fieldOf(body, 'schema')
  if (found === schema) return body as T
  throw replyInvalid(what, `is of schema ${JSON.stringify(found)}, expected "${schema}"`)
}

function asCommandReply(body: unknown, what: string): CommandReply {
  if (typeof fieldOf(body, 'ok') === 'boolean' && typeof fieldOf(body, 'message') === 'string')
    return body as CommandReply
  throw replyInvalid(what, 'is no answer to a command')
}
