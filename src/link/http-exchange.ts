// One request over the socket and its answer, with a deadline, an abort signal and a bound on the answer's size.
// node:http is right here: it takes a `socketPath`, it is part of Node and loads in a few milliseconds. The built-in fetch cannot
// reach a unix socket without the undici package, and viewers must answer in 300 ms, start included.

import { type Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { JetpackError } from '../core/fault.js'
import { faultOfReply, linkFault, replyInvalid, silent } from './link-fault.js'

/** Largest answer that is taken in. */
export const replyBytes = 64 * 1024 * 1024

export interface Ask {
  readonly socketPath: string
  readonly agent: Agent | false
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** For faults, after "Failed", e.g. "asking for the status". */
  readonly what: string
  /** Longest time until the whole answer is there. */
  readonly deadlineMs: number
}

/** The parsed answer. Fails with the fault that the answer tells of, as `linkFault` does, or with the signal's reason. */
export async function exchange(ask: Ask, signal: AbortSignal): Promise<unknown> {
  return await within(ask, signal, async cancel => {
    const response = await openReply(ask, cancel)
    return await readReply(response, ask.what)
  })
}

/** Settles with the head of the answer; its body is the caller's to read or to destroy. */
export async function openStream(ask: Ask, signal: AbortSignal): Promise<IncomingMessage> {
  return await within(ask, signal, async cancel => {
    const response = await openReply(ask, cancel)
    // An error is a short reply, read under the same deadline.
    if (response.statusCode !== 200) await readReply(response, ask.what)
    return response
  })
}

async function within<T>(
  ask: Ask,
  signal: AbortSignal,
  work: (cancel: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const control = new AbortController()
  const passOn = () => control.abort(signal.reason)
  signal.addEventListener('abort', passOn, { once: true })
  const timer = setTimeout(() => control.abort(silent(ask.what, ask.deadlineMs)), ask.deadlineMs)
  try {
    return await work(control.signal)
  } catch (error) {
    // Whatever a destroyed request says about itself, the reason for it is known better.
    if (control.signal.aborted) throw control.signal.reason
    throw linkFault(error, ask.what)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', passOn)
  }
}

async function openReply(ask: Ask, cancel: AbortSignal): Promise<IncomingMessage> {
  try {
    return await openOnce(ask, ask.agent, cancel)
  } catch (error) {
    // The orchestrator may close an idle connection in the moment we use it again; a fresh one tells the truth. Only
    // questions use kept connections, and asking twice changes nothing.
    if (error instanceof StaleConnection) return await openOnce(ask, false, cancel)
    throw error
  }
}

class StaleConnection extends Error {}

function openOnce(ask: Ask, agent: Agent | false, cancel: AbortSignal): Promise<IncomingMessage> {
  const { socketPath, method, path, body } = ask
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const options: RequestOptions = { socketPath, agent, method, path, headers: { ...ask.headers, ...length } }
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve)
    const stop = () => sent.destroy()
    cancel.addEventListener('abort', stop, { once: true })
    sent.once('close', () => cancel.removeEventListener('abort', stop))
    sent.on('error', error => {
      const stale = sent.reusedSocket && !cancel.aborted
      reject(stale ? new StaleConnection('The kept connection was closed.', { cause: error }) : error)
    })
    sent.end(body ?? undefined)
    if (cancel.aborted) stop()
  })
}

async function readReply(response: IncomingMessage, what: string): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > replyBytes) throw replyInvalid(what, `is larger than ${replyBytes} bytes`)
    chunks.push(chunk)
  }
  const body = parseReply(Buffer.concat(chunks).toString('utf8'), what)
  const status = response.statusCode ?? 0
  if (status !== 200) throw faultOfReply(status, body, what)
  return body
}

function parseReply(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw replyInvalid(what, 'is not JSON', error)
  }
}

/** Whether an orchestrator answers on the socket within `ms`; what it answers does not matter. */
export async function isAnswering(socketPath: string, ms: number): Promise<boolean> {
  const ask: Ask = {
    socketPath,
    agent: false,
    method: 'GET',
    path: '/v1/status',
    headers: {},
    body: null,
    what: 'knocking at the orchestrator',
    deadlineMs: ms,
  }
  try {
    const response = await openStream(ask, new AbortController().signal)
    response.destroy()
    return true
  } catch (error) {
    if (!(error instanceof JetpackError)) throw error
    // These tell that nobody answers us; any other fault is itself an answer.
    return !unanswered.has(error.code)
  }
}

const unanswered: ReadonlySet<string> = new Set(['not_running', 'orchestrator_silent', 'repository_not_ours'])
