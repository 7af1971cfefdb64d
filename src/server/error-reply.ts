// Errors as viewers see them: `{"error":{"code","message","hint"}}` with a fitting HTTP status. Nothing that a viewer sends may
// end the orchestrator, so every error of a route ends here; bugs are told apart from faults and reported.

import type { FastifyInstance } from 'fastify'
import { type FaultCode, JetpackError } from '../core/fault.js'

const statusOf: Readonly<Record<FaultCode, number>> = {
  usage: 400,
  config_invalid: 422,
  not_a_repository: 500,
  repository_has_no_commits: 409,
  repository_not_ours: 403,
  not_initialised: 409,
  task_invalid: 422,
  task_unknown: 404,
  task_exists: 409,
  graph_invalid: 422,
  command_refused: 409,
  import_invalid: 422,
  already_running: 409,
  not_running: 503,
  no_agents: 409,
  lock_held: 503,
  branch_moved: 503,
  branch_checked_out: 409,
  branch_broken: 500,
  write_failed: 507,
  git_failed: 500,
  git_missing: 500,
  spawn_failed: 500,
  orchestrator_silent: 504,
  reply_invalid: 502,
}

/** A fault of the HTTP talk itself, whose status its code does not tell. */
export class Refusal extends JetpackError {
  readonly status: number

  constructor(status: number, code: FaultCode, message: string, hint: string | null = null) {
    super(code, message, hint)
    this.status = status
  }
}

interface ErrorReply {
  readonly status: number
  readonly body: {
    readonly error: { readonly code: string; readonly message: string; readonly hint: string | null }
  }
}

export function replyErrorsAsJson(app: FastifyInstance, onBug: (error: unknown) => void): void {
  app.setErrorHandler((error, _request, reply) => {
    const known = errorReply(error)
    if (known === null) onBug(error)
    const { status, body } = known ?? bugReply(error)
    return reply.code(status).send(body)
  })
  app.setNotFoundHandler((request, reply) => {
    const found = `${request.method} ${request.url.slice(0, 200)}`
    const { status, body } = replyWith(
      404,
      'usage',
      `There is no ${found} here.`,
      'The paths are /v1/status, /v1/tasks, /v1/tasks/ID, /v1/attempts/ID/N/log, /v1/events and /v1/commands.',
    )
    return reply.code(status).send(body)
  })
}

/** Null for a bug. */
function errorReply(error: unknown): ErrorReply | null {
  if (error instanceof Refusal) return replyWith(error.status, error.code, error.message, error.hint)
  if (error instanceof JetpackError)
    return replyWith(statusOf[error.code], error.code, error.message, error.hint)
  // Fastify's own: bad JSON, a body that is too large, a query that its schema refuses.
  if (!(error instanceof Error) || !('statusCode' in error)) return null
  const { statusCode } = error
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null
  return replyWith(statusCode, 'usage', `The request cannot be read: ${error.message}.`, null)
}

function bugReply(error: unknown): ErrorReply {
  const what = error instanceof Error ? error.message : 'an unknown error'
  return replyWith(
    500,
    'internal',
    `The orchestrator failed to answer: ${what}.`,
    'This is a bug in jetpack; the run goes on.',
  )
}

function replyWith(status: number, code: string, message: string, hint: string | null): ErrorReply {
  return { status, body: { error: { code, message, hint } } }
}
